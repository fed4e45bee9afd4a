import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  cellTopic,
  deviceTopic,
  parseTopic,
  symbolTopic,
  type Topic,
  topicId,
  topicKey,
  topicKind,
  topicPart,
} from '../../../wire/topics.ts'

const word = (first: string, rest: string, most: number): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.constantFrom(...first),
      fc.array(fc.constantFrom(...rest), { maxLength: most - 1 }).map((letters) => letters.join('')),
    )
    .map(([a, b]) => a + b)

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
const ANY = `${UPPER}abcdefghijklmnopqrstuvwxyz`
const symbol = word(UPPER, `${UPPER}.-`, 24)
const device = word(ANY, `${ANY}._-`, 48)
const cell = fc.array(fc.constantFrom('0', '1', '2', '3'), { minLength: 13, maxLength: 13 }).map((d) => d.join(''))
const topic: fc.Arbitrary<[Topic, 's' | 'c' | 'd', string]> = fc.oneof(
  symbol.map((id): [Topic, 's', string] => [symbolTopic(id), 's', id]),
  device.map((id): [Topic, 'd', string] => [deviceTopic(id), 'd', id]),
  cell.map((id): [Topic, 'c', string] => [cellTopic(id), 'c', id]),
)

test('every well-formed name is parsed, and gives back its kind, its id and itself', () => {
  fc.assert(
    fc.property(topic, ([name, kind, id]) => {
      expect(parseTopic(name)).toBe(name)
      expect([topicKind(name), topicId(name)]).toEqual([kind, id])
      expect(topicKey(name).match(/^wf:\{(.+)\}$/)?.[1]).toBe(name)
    }),
  )
})

/** The part of a key that Redis Cluster hashes: between the first brace and the next closing one. */
const hashed = (key: string): string => {
  const open = key.indexOf('{')
  return key.slice(open + 1, key.indexOf('}', open))
}

test('all keys of a topic hash by the topic alone, and no two are one', () => {
  fc.assert(
    fc.property(topic, topic, ([a], [b]) => {
      const keys = (name: Topic): string[] => [
        topicKey(name),
        ...(['log', '1m', 'track', 'geo', 'fix'] as const).map((part) => topicPart(name, part)),
      ]
      for (const key of keys(a)) expect(hashed(key)).toBe(a)
      expect(new Set([...keys(a), ...keys(b)]).size).toBe(a === b ? 6 : 12)
    }),
  )
})

test.each([
  '',
  's',
  's:',
  ':',
  's:aapl',
  's:A B',
  's:A\n',
  's:\nA',
  's:A}',
  's:A}:log',
  's:{A}',
  's:A:log',
  's:A*',
  's:A\0',
  's:.A',
  's:-A',
  `s:${'A'.repeat(25)}`,
  's:Ä',
  's:А',
  's:A\u2028',
  'S:AAPL',
  'x:AAPL',
  'AAPL',
  ' s:AAPL',
  's:AAPL ',
  'd:',
  'd:a b',
  'd:a}',
  'd:*',
  'd:_a',
  `d:${'a'.repeat(49)}`,
  'd:a/b',
  'd:a"b',
  'd:株',
  'c:',
  'c:012',
  `c:${'0'.repeat(12)}`,
  `c:${'0'.repeat(14)}`,
  `c:${'0'.repeat(12)}4`,
  'c:023112130*',
  '__proto__',
  'p:__proto__',
  'constructor',
  '_:x',
  's:__proto__',
  'toString',
])('%j names no topic', (text) => {
  expect(parseTopic(text)).toBeNull()
})

test('whatever text is taken for a topic can be a key of its own and nothing else', () => {
  const hostile = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom('s', 'd', 'c', ':', '{', '}', '*', '?', '[', '\n', '\0', 'A', '0', '"', ' ') }),
    fc.tuple(fc.constantFrom('s:', 'd:', 'c:'), fc.string({ unit: 'binary' })).map(([kind, id]) => kind + id),
  )
  fc.assert(
    fc.property(hostile, (text) => {
      const parsed = parseTopic(text)
      if (parsed === null) return
      expect(topicKey(parsed)).toMatch(/^wf:\{[scd]:[A-Za-z0-9._-]{1,48}\}$/)
    }),
    { numRuns: 2000 },
  )
})

test('a symbol may be 24 characters long and a device id 48', () => {
  expect(parseTopic(`s:${'A'.repeat(24)}`)).not.toBeNull()
  expect(parseTopic(`d:${'a'.repeat(48)}`)).not.toBeNull()
})
