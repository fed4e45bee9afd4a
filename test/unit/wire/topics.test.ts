import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  cellTopic,
  deviceTopic,
  keyTopic,
  parseTopic,
  symbolTopic,
  type Topic,
  topicId,
  topicKey,
  topicKind,
  topicPart,
} from '../../../wire/topics.ts'

/** Letters as sources use them, and what tells a key, an address or a pattern apart. */
const LETTERS = [
  ...'ABZabz0189./=^&_-:+#@%*?()[],;~|!$<>',
  "'",
  '`',
  ' ',
  'É',
  'ü',
  '株',
  'А',
  '\u{1f68c}',
  '\u2028',
  '\u00a0',
  '\ufeff',
]
const name = fc
  .array(fc.constantFrom(...LETTERS), { minLength: 1, maxLength: 16 })
  .map((letters) => letters.join(''))
  .filter((text) => text.trim() === text && text !== '.' && text !== '..')
const cell = fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,31}\/[0-3]{13}$/)
const topic: fc.Arbitrary<[Topic, 's' | 'c' | 'd', string]> = fc.oneof(
  name.map((id): [Topic, 's', string] => [symbolTopic(id), 's', id]),
  name.map((id): [Topic, 'd', string] => [deviceTopic(id), 'd', id]),
  cell.map((id): [Topic, 'c', string] => [cellTopic(id), 'c', id]),
)

test('every well-formed name is parsed, and gives back its kind, its id and itself', () => {
  fc.assert(
    fc.property(topic, ([name, kind, id]) => {
      expect(parseTopic(name)).toBe(name)
      expect([topicKind(name), topicId(name)]).toEqual([kind, id])
      expect(keyTopic(topicKey(name))).toBe(name)
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
        ...(['log', '1m', 'track', 'past', 'seen', 'geo', 'fix'] as const).map((part) => topicPart(name, part)),
      ]
      for (const key of keys(a)) expect(hashed(key)).toBe(a)
      for (const part of keys(a).slice(1)) expect(keyTopic(part)).toBeNull()
      expect(new Set([...keys(a), ...keys(b)]).size).toBe(a === b ? 8 : 16)
    }),
  )
})

test.each([
  's:BTC/USD',
  's:^GSPC',
  's:EURUSD=X',
  's:M&M.NS',
  's:ES=F',
  's:BTC_USDT',
  's:0700.HK',
  's:btcusdt',
  's:株式.T',
  's:__proto__',
  's:constructor',
  's:...',
  "s:'",
  'd:B-XY 1234',
  'd:user/phone',
  'd:京A·12345',
  'd:a:b',
  'd:Ünïcode 🚌',
  'd:*',
  'd:../x',
])('%j names a topic', (text) => {
  expect(parseTopic(text)).toBe(text)
})

test.each([
  '',
  's',
  's:',
  ':',
  's:A\n',
  's:\nA',
  's:A\tB',
  's:A\0',
  's:A\u007f',
  's:A\u0085',
  's:A}',
  's:A}:log',
  's:{A}',
  's:A"B',
  's:A\\B',
  's: A',
  's:A ',
  's: ',
  's:.',
  's:..',
  's:\ud800',
  's:A\udc00B',
  'S:AAPL',
  'x:AAPL',
  'AAPL',
  ' s:AAPL',
  'd:',
  'd:a}',
  'd:a"b',
  'c:',
  'c:012',
  `c:${'0'.repeat(13)}`,
  `c:/${'0'.repeat(13)}`,
  `c:a/${'0'.repeat(12)}`,
  `c:a/${'0'.repeat(14)}`,
  `c:a/${'0'.repeat(12)}4`,
  `c:-a/${'0'.repeat(13)}`,
  `c:A/${'0'.repeat(13)}`,
  `c:a b/${'0'.repeat(13)}`,
  `c:a/b/${'0'.repeat(13)}`,
  `c:${'a'.repeat(33)}/${'0'.repeat(13)}`,
  'c:a/023112130*',
  '__proto__',
  'p:__proto__',
  'constructor',
  '_:x',
  'toString',
])('%j names no topic', (text) => {
  expect(parseTopic(text)).toBeNull()
})

test('whatever text is taken for a topic stands in a key, in JSON and in an address as it is', () => {
  const unit = fc.constantFrom(
    's',
    'd',
    'c',
    ':',
    '{',
    '}',
    '*',
    '?',
    '[',
    '\n',
    '\0',
    'A',
    '0',
    '"',
    '\\',
    ' ',
    '\ud83d',
    '株',
  )
  const hostile = fc.oneof(
    fc.string(),
    fc.string({ unit }),
    fc.tuple(fc.constantFrom('s:', 'd:', 'c:'), fc.string({ unit })).map(([kind, id]) => kind + id),
    fc.tuple(fc.constantFrom('s:', 'd:', 'c:'), fc.string({ unit: 'binary' })).map(([kind, id]) => kind + id),
  )
  fc.assert(
    fc.property(hostile, (text) => {
      const parsed = parseTopic(text)
      if (parsed === null) return
      expect(hashed(topicKey(parsed))).toBe(parsed)
      expect(JSON.stringify(parsed)).toBe(`"${parsed}"`)
      expect(Buffer.from(parsed).toString()).toBe(parsed)
      const address = new URL(`http://node/api/symbols/${encodeURIComponent(topicId(parsed))}/candles`)
      expect(decodeURIComponent(address.pathname.split('/')[3] ?? '')).toBe(topicId(parsed))
    }),
    { numRuns: 2000 },
  )
})

test('a name is 64 bytes of UTF-8 at the most', () => {
  for (const [letter, most] of [
    ['A', 64],
    ['é', 32],
    ['株', 21],
    ['🚌', 16],
  ] as const) {
    expect(parseTopic(symbolTopic(letter.repeat(most)))).not.toBeNull()
    expect(parseTopic(deviceTopic(letter.repeat(most + 1)))).toBeNull()
  }
  expect(parseTopic(`s:${'A'.repeat(5_000_000)}`)).toBeNull()
})
