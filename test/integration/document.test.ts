import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { MAX_VIEW_CELLS } from '../../wire/cells.ts'
import { SYMBOL_PATTERNS } from '../../wire/descriptions.ts'
import { MAX_LATITUDE } from '../../wire/fleet.ts'
import { GROUP_PATTERN, MAX_VIEW_GROUPS } from '../../wire/groups.ts'
import { cell as cellKind } from '../../wire/kinds/cell.ts'
import { patternOf } from '../../wire/kinds/id.ts'
import { ERROR_CODES } from '../../wire/protocol.ts'
import { NAME_PATTERN } from '../../wire/topics.ts'
import { createCoverage, readAsyncApi, resolve, type Schema } from '../support/asyncapi.ts'
import { ROOT } from '../support/environment.ts'

const document = readAsyncApi()
const page = readFileSync(`${ROOT}/docs/protocol.md`, 'utf8')
const { schemas, messages } = document.components

/** Every part of a value, with its path. */
const walk = function* (value: unknown, path = '#'): Generator<[string, Record<string, unknown>]> {
  if (typeof value !== 'object' || value === null) return
  yield [path, value as Record<string, unknown>]
  for (const [key, each] of Object.entries(value)) yield* walk(each, `${path}/${key}`)
}
const refs = [...walk(document)].flatMap(([, { $ref }]) => (typeof $ref === 'string' ? [$ref] : []))

describe('the AsyncAPI document', () => {
  it('is one of version 3, whose references all lead somewhere', () => {
    expect(document.asyncapi).toBe('3.0.0')
    for (const $ref of refs) expect(resolve(document, { $ref }), $ref).toBeDefined()
  })

  it('has nothing that is not used', () => {
    for (const name of Object.keys(schemas)) expect(refs, name).toContain(`#/components/schemas/${name}`)
    for (const name of Object.keys(messages)) expect(refs, name).toContain(`#/components/messages/${name}`)
    const used = Object.values(document.operations).flatMap((each) => [
      ...each.messages,
      ...(each.reply?.messages ?? []),
    ])
    expect(used.map(({ $ref }) => $ref.split('/').at(-1)).sort()).toEqual(Object.keys(messages).sort())
  })

  it('says of every object exactly which fields it has', () => {
    for (const [path, part] of walk(schemas)) {
      const { type, properties, required, additionalProperties } = part as Schema
      if (type !== 'object') continue
      expect(additionalProperties, path).toBeDefined()
      expect(additionalProperties, path).not.toBe(true)
      for (const name of required ?? []) expect(Object.keys(properties ?? {}), path).toContain(name)
    }
  })

  it('is held to strictly: a field too many or too few, and what never came, are noticed', () => {
    const { check, unseen } = createCoverage(document)
    const gap = { topic: 's:AAPL', from: 1, to: 2, reason: 'lost' }
    expect(check('gap', gap)).toBeNull()
    for (const wrong of [
      { ...gap, more: 1 },
      { ...gap, to: undefined },
      { ...gap, reason: 'late' },
      { ...gap, from: '1' },
    ])
      expect(check('gap', wrong), JSON.stringify(wrong)).toMatch(/./)
    const update = { topic: 's:AAPL', epoch: 'e', seq: 1, at: 1.5, trades: [{ id: 1, t: 1, price: 1, size: 1 }] }
    expect(check('updates', [update])).toBeNull()
    expect(check('updates', [update, { ...update, trades: [{ id: 1, t: 1, price: 1, size: 1, venue: 'X' }] }])).toMatch(
      /./,
    )
    expect(check('updates', [{ ...update, topic: 'd:BUS' }])).toMatch(/./)
    expect(check('farewell', {})).toMatch(/no message/)
    expect(unseen()).toEqual(
      expect.arrayContaining(['hello', 'Gap.reason=slow', 'Trade.side', 'Segments[]|CellResync']),
    )
    expect(unseen()).not.toContain('Gap.reason=lost')
  })

  it('names topics, codes and limits as the code does', () => {
    const topic = (prefix: string, pattern: RegExp) => pattern.source.replace('^', `^${prefix}:`)
    expect(schemas.SymbolTopic?.pattern).toBe(topic('s', NAME_PATTERN))
    expect(schemas.CellTopic?.pattern).toBe(topic('c', patternOf(cellKind.id)))
    expect(schemas.DeviceTopic?.pattern).toBe(topic('d', NAME_PATTERN))
    expect(schemas.Cell?.pattern).toBe(patternOf(cellKind.id).source)
    expect(schemas.DeviceId?.pattern).toBe(NAME_PATTERN.source)
    for (const [field, pattern] of Object.entries(SYMBOL_PATTERNS))
      expect(schemas.SymbolDescription?.properties?.[field]?.pattern, field).toBe(`^(?:${pattern})$`)
    expect(schemas.Error?.properties?.code?.enum?.toSorted()).toEqual(
      Object.keys(ERROR_CODES)
        .filter((code) => !['not_found', 'too_many', 'wrong_method', 'wrong_host'].includes(code))
        .sort(),
    )
    expect(schemas.Fix?.properties?.lat).toMatchObject({ minimum: -MAX_LATITUDE, maximum: MAX_LATITUDE })
    expect(schemas.Group?.pattern).toBe(GROUP_PATTERN.source)
    expect(schemas.View?.properties?.groups).toMatchObject({ maxItems: MAX_VIEW_GROUPS })
    expect(schemas.CoveredView?.properties?.cells).toMatchObject({ maxItems: MAX_VIEW_CELLS })
  })
})

describe('the page', () => {
  it('shows the code that is tested', () => {
    const shown = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code)
    expect(shown).toEqual(['fold', 'client'].map((name) => readFileSync(`${ROOT}/docs/${name}.ts`, 'utf8')))
  })

  it('tells of every event and error code', () => {
    for (const name of Object.keys(messages).filter((each) => !each.endsWith('Reply')))
      expect(page, name).toMatch(new RegExp(`^### \`${name}\``, 'm'))
    for (const code of Object.keys(ERROR_CODES)) expect(page).toContain(`| \`${code}\` |`)
  })

  it('has examples of the shapes that it gives', () => {
    const { check } = createCoverage(document)
    const asked = new Map<string, string>()
    const examples = [...page.matchAll(/^([<>]) 4([23])(\d*)(\[.*\])$/gm)]
    for (const [line, from, type, id = '', text = ''] of examples) {
      const args = JSON.parse(text) as unknown[]
      const event = type === '2' ? String(args.shift()) : asked.get(id)
      if (from === '>') asked.set(id, event ?? '')
      expect(args).toHaveLength(1)
      expect(check(type === '3' ? `${event}Reply` : `${event}`, args[0]), line).toBeNull()
    }
    const shown = examples.map(([, , type, , text = '']) => (type === '2' ? JSON.parse(text)[0] : 'an answer'))
    expect(new Set(shown).size).toBe(Object.keys(messages).filter((each) => !each.endsWith('Reply')).length + 1)
  })
})
