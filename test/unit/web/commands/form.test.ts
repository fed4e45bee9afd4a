import { describe, expect, test } from 'vitest'
import { NO_CONDITION, readConditions } from '../../../../web/state/commands/condition-draft.ts'
import { deadlinesOf, draftOf, readDraft, readField } from '../../../../web/state/commands/form.ts'
import { readSpots, writeSpots } from '../../../../web/state/commands/spots.ts'
import { COMMAND_KINDS } from '../../../../wire/command-kinds.ts'
import type { CommandArg, CommandKind } from '../../../../wire/commands.ts'

const kind = (args: CommandArg[]): CommandKind => ({ name: 'k', title: 'K', args, within: 90, most: 600 })
const seconds: CommandArg = { name: 's', title: 'Every', type: 'number', unit: 's', least: 1, most: 3600, initial: 10 }
const place: CommandArg = { name: 'p', title: 'Place', type: 'place' }
const route: CommandArg = { name: 'r', title: 'Route', type: 'route' }

describe('a form', () => {
  test('begins with the usual values, or with those of an earlier command', () => {
    const all = kind([
      seconds,
      { name: 'y', title: 'Y', type: 'yes' },
      { name: 'c', title: 'C', type: 'choice', choices: ['a', 'b'] },
    ])
    expect(draftOf(all)).toEqual({ s: '10', y: false, c: 'a' })
    expect(draftOf(all, { s: 30, y: true, c: 'b' })).toEqual({ s: '30', y: true, c: 'b' })
  })
  test.each([
    ['10', { value: 10 }],
    ['0,5', { wrong: 'It must be 1 to 3600 s.' }],
    ['1e9', { wrong: 'It must be 1 to 3600 s.' }],
    ['ten', { wrong: 'This must be a number.' }],
    ['', { wrong: 'Fill this in.' }],
  ])('a number %s', (text, read) => expect(readField(seconds, text)).toEqual(read))

  test('a text has a length, and may be left out where it is optional', () => {
    const text: CommandArg = { name: 't', title: 'T', type: 'text', least: 2, most: 4 }
    expect(readField(text, ' abc ')).toEqual({ value: 'abc' })
    expect(readField(text, 'abcde')).toEqual({ wrong: 'It must have 2 to 4 letters.' })
    expect(readField({ ...text, optional: true }, ' ')).toBe('left out')
  })
  test('a choice is one of those that there are', () =>
    expect(readField({ name: 'c', title: 'C', type: 'choice', choices: ['a'] }, 'b')).toHaveProperty('wrong'))

  test('a place is two numbers, a route several places', () => {
    expect(readField(place, '30.2672, -97.7431')).toEqual({ value: '30.26720,-97.74310' })
    expect(readField(route, '30.1,-97  30.2 , -97.1')).toEqual({ value: '30.10000,-97.00000 30.20000,-97.10000' })
    for (const text of ['', '30', '91,0', '0,181', '30,-97 31,-97', 'here'])
      expect(readField(place, text)).toHaveProperty('wrong')
    expect(readField(route, '30.1,-97')).toHaveProperty('wrong')
  })
  test('places that are written are read again, also of a map that was panned around', () => {
    const spots = [
      { lat: 1.5, lon: 2.25 },
      { lat: -3, lon: -179.5 },
    ]
    expect(readSpots(writeSpots(spots))).toEqual(spots)
    expect(writeSpots([{ lat: 1, lon: 190 }])).toBe('1.00000,-170.00000')
  })
  test('tells all that is wrong at once', () =>
    expect(readDraft(kind([seconds, place]), { s: '0', p: '' })).toMatchObject({
      args: {},
      wrong: { s: expect.any(String), p: expect.any(String) },
    }))

  test('of every kind that there is can be sent once its places and texts are filled in', () => {
    for (const one of COMMAND_KINDS) {
      const filled = Object.fromEntries(
        one.args.map(({ name, type }) => [
          name,
          { place: '1,2', route: '1,2 3,4', text: 'hello' }[type as 'text'] ?? '',
        ]),
      )
      const draft = Object.entries(draftOf(one)).map(([name, value]) => [name, value || (filled[name] ?? '')])
      expect([one.name, readDraft(one, Object.fromEntries(draft)).wrong]).toEqual([one.name, {}])
    }
  })
})

test('deadlines go from short to the longest that there may be, the usual one among them', () =>
  expect(deadlinesOf({ within: 90, most: 600 })).toEqual([30, 60, 90, 120, 300, 600]))

test('conditions are asked for in km/h and seconds, and unpanned', () => {
  expect(readConditions(NO_CONDITION)).toEqual({ condition: undefined, wrong: null })
  const inside = { west: 262, south: 30, east: 263, north: 31 }
  expect(readConditions({ slower: '36', fresher: '20', inside })).toEqual({
    condition: { slowerThan: 10, fresherThan: 20, inside: { west: -98, south: 30, east: -97, north: 31 } },
    wrong: null,
  })
  expect(readConditions({ ...NO_CONDITION, slower: '-1' }).wrong).not.toBeNull()
})
