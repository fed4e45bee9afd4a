import { afterEach, expect, test } from 'vitest'
import type { Archive } from '../../../archive/archive.ts'
import type { ApiPorts } from '../../../server/http/api.ts'
import { ANYBODY } from '../../../server/people/person.ts'
import { personWith } from '../../support/persons.ts'
import { CURSOR, closeServers, setUp } from './api-stage.ts'

afterEach(closeServers)

/** Nothing here asks it anything. */
const archive = {} as Archive
const trader = personWith('watch:s:AAPL')
const guest = personWith('watch:s:AAPL watch:d:*', { via: 'share' })
const CANDLES = '/symbols/AAPL/candles'

test('guests get what Redis holds, others what the archive has besides, and none the body of the other', async () => {
  const { get, asked } = await setUp({ archive })
  for (const person of [guest, trader, guest, trader]) expect((await get(person, CANDLES)).status).toBe(200)
  expect(asked.filter((what) => what.startsWith('candles'))).toEqual(['candles AAPL', 'candles AAPL joined'])
})

test('what the archive may have changed is read again after ten seconds, and until then who has it is told so', async () => {
  const { get, asked, wait } = await setUp({ archive })
  const etag = (await get(trader, CANDLES)).headers.get('etag') ?? ''
  expect(etag).toBe('"e.7.0"')
  wait(9_999)
  expect((await get(trader, CANDLES, etag)).status).toBe(304)
  expect((await get(trader, CANDLES)).status).toBe(200)
  wait(1)
  const again = await get(trader, CANDLES, etag)
  expect([again.status, again.headers.get('etag')]).toEqual([200, '"e.7.1"'])
  expect(asked.filter((what) => what.startsWith('candles'))).toHaveLength(2)
})

test('what lacks a part, since the archive was away, is given once and kept by nobody', async () => {
  let reads = 0
  const candles: ApiPorts['candles'] = {
    now: async () => {
      reads++
      return { cursor: CURSOR, text: `{"partial":true,"read":${reads}}`, partial: true }
    },
    at: async () => null,
  }
  const { get } = await setUp({ archive, candles })
  const first = await get(trader, CANDLES)
  expect(first.headers.get('etag')).not.toContain('e.7')
  expect((await get(trader, CANDLES, first.headers.get('etag') ?? '')).json).toEqual({ partial: true, read: 2 })
})

test('what Redis does not know may be archived', async () => {
  const all = personWith('watch:*')
  const { get, asked } = await setUp({ archive })
  expect((await get(all, '/symbols/NONE/candles')).status).toBe(200)
  expect((await get({ ...all, via: 'share' }, '/symbols/NONE/candles')).status).toBe(404)
  expect(asked.filter((what) => what.startsWith('candles'))).toEqual(['candles NONE joined'])
})

const AT = [`${CANDLES}?at=5`, '/devices/BUS-1/track?at=5', '/symbols?at=5', '/devices?at=5']

test.each(AT)('%s is of the past: nothing for guests, nothing without an archive, and not of now', async (path) => {
  for (const has of [archive, null]) {
    const { get, asked } = await setUp({ archive: has })
    expect(await get(guest, path)).toMatchObject({ status: 403, json: { error: { code: 'not_allowed' } } })
    expect(asked).toEqual([])
  }
  const { get } = await setUp({ archive })
  expect((await get(ANYBODY, path)).status).toBe(200)
  const none = await (await setUp()).get(ANYBODY, path)
  expect(none).toMatchObject({ status: 404, json: { error: { code: 'not_found' } } })
})

test('candles of a moment do not depend on where the topic is now', async () => {
  const { get, asked } = await setUp({ archive })
  const { json, headers } = await get(trader, `${CANDLES}?at=5`)
  expect([json, headers.get('etag')]).toEqual([{ candles: 'AAPL', at: 5 }, '".0.0"'])
  await get(trader, `${CANDLES}?at=5`)
  await get(trader, `${CANDLES}?at=6`)
  expect(asked).toEqual(['candles AAPL at 5', 'candles AAPL at 6'])
})

test('the list of symbols as of a moment is read for the symbols that whoever asks may watch', async () => {
  const seen: string[][] = []
  const symbolsAt: ApiPorts['symbolsAt'] = async (_archive, rows) => {
    seen.push(rows.map(({ symbol }) => symbol))
    return [...rows]
  }
  const { get } = await setUp({ archive, symbolsAt })
  expect((await get(trader, '/symbols?at=5')).json.symbols).toHaveLength(1)
  expect(seen).toEqual([['AAPL']])
})

test.each([`${CANDLES}?as=seen`, `${CANDLES}?at=5&as=known`, '/devices/BUS-1/track?as=seen', '/symbols?at=now'])(
  '%s is a mistake',
  async (path) => {
    const { get } = await setUp({ archive })
    expect(await get(ANYBODY, path)).toMatchObject({ status: 400, json: { error: { code: 'bad_request' } } })
  },
)
