import fc from 'fast-check'
import { cellOf } from '../../../wire/cells.ts'
import { topicKey, topicPart } from '../../../wire/topics.ts'
import { accessCall } from './access-calls.ts'
import { anyBytes, anyText, changed, oddNumber, toLatin1 } from './bytes.ts'
import { latin1Of, SCRATCH_KEYS } from './commands.ts'
import { deviceCall } from './device-calls.ts'
import { peopleCall } from './people-calls.ts'
import { SCRATCH } from './requests.ts'

/** A call of the function library; keys and arguments are bytes (latin1). */
export type LibraryCall = { name: string; keys: string[]; args: string[] }

/** Times lie before this, so that the same case is the same on any day. */
const NOON = Date.UTC(2026, 0, 1, 12)

const number = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 60 }).map(String) },
  fc.constantFrom('9007199254740991', '4294967296', '1e3', '1.0'),
)
const time = fc.oneof(
  { weight: 8, arbitrary: fc.nat({ max: 300_000_000 }).map((ago) => String(NOON - ago)) },
  fc.constantFrom('946684800000', '946684799999', '99999999999999', '1767225600000.5'),
)
const price = fc.constantFrom(
  '100',
  '101.25',
  '-37.63',
  '0',
  '1e15',
  '-1e15',
  '1e-300',
  '123456789.123456789',
  '5e-324',
)
const size = fc.constantFrom('1', '2.5', '0', '1e15', '-1', '5e-324', '0.1')
const orOdd = (usual: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof({ weight: 12, arbitrary: usual }, oddNumber.map(toLatin1), anyText.map(toLatin1), anyBytes(20))
const values = (...each: fc.Arbitrary<string>[]): fc.Arbitrary<string[]> => fc.tuple(...each.map(orOdd))

const trade = values(fc.constant('T'), number, time, price, size, fc.constantFrom('buy', 'sell', ''))
const quote = values(
  fc.constant('Q'),
  time,
  fc.oneof(price, fc.constant('')),
  size,
  fc.oneof(price, fc.constant('')),
  size,
)
const latitude = fc.constantFrom('0', '0.01', '-0.02', '85.05112878', '85.06', '-90', '1e-7')
const longitude = fc.constantFrom('-179.99', '-179.95', '180', '-180', '181', '0')
const optional = (...usual: string[]) => fc.constantFrom('', '', ...usual)
const fix = values(
  number,
  time,
  latitude,
  longitude,
  optional('8.5', '-1', '1001'),
  optional('90', '360', '361'),
  optional('0.5', '2'),
  optional('Route', 'r'.repeat(100), latin1Of('Línea')),
)
const readings = fc.constantFrom('', '{"fuel":0.5,"Door":1}', '{"a":1e999}', '[1]', '{'.repeat(1500), '{"a":5e-324}')
const wholeFix = fc
  .tuple(fix, values(fc.constantFrom('', '1', 'x'), readings))
  .map(([plain, more]) => [...plain, ...more])

/** Mostly few, sometimes as many as no feed should send in one call, of which one has to be as good as another. */
const many = (item: fc.Arbitrary<string[]>): fc.Arbitrary<string[]> =>
  fc.oneof(
    { weight: 40, arbitrary: fc.array(item, { maxLength: 8 }).map((items) => items.flat()) },
    fc
      .tuple(item, fc.constantFrom(200, 1500, 9000))
      .map(([one, times]) =>
        Array.from({ length: times }, (_, i) =>
          one.map((value, place) => (place === 1 && one[0] === 'T' ? String(i + 1) : value)),
        ).flat(),
      ),
  )

const cell = fc.constantFrom(...SCRATCH.cells)
const placedFix = fc
  .record({
    id: fc.constantFrom(...SCRATCH.devices),
    n: fc.nat({ max: 50 }),
    lat: fc.constantFrom(0.01, 0.03),
    lon: fc.constantFrom(-179.99, -179.95),
  })
  .map((fix) => JSON.stringify({ ...fix, t: NOON - 1000 + fix.n }))
const nested = fc.constantFrom(
  '['.repeat(2000),
  '{"id":'.repeat(1500),
  '[]',
  '{}',
  'null',
  '1',
  '"x"',
  '',
  '{"id":"fuzz-1","n":1e999}',
)
const placed = fc.oneof({ weight: 5, arbitrary: changed(placedFix.map(latin1Of), 2) }, nested)
const homeOf = (text: string): string => {
  try {
    const { lat, lon } = JSON.parse(text) as { lat: number; lon: number }
    return cellOf(lat, lon)
  } catch {
    return SCRATCH.cells[0]
  }
}

type Part = Parameters<typeof topicPart>[1]
const keysFor = (kind: 's' | 'c' | 'd', id: string, ...parts: Part[]): string[] =>
  [topicKey(`${kind}:${id}`), ...parts.map((part) => topicPart(`${kind}:${id}`, part))].map(latin1Of)

const call = (name: string, keys: fc.Arbitrary<string[]>, args: fc.Arbitrary<string[]>): fc.Arbitrary<LibraryCall> =>
  fc.record({ name: fc.constant(name), keys, args })
const symbolKeys = (...parts: Part[]) => fc.constantFrom(...SCRATCH.symbols).map((id) => keysFor('s', id, ...parts))
const deviceKeys = (...parts: Part[]) => fc.constantFrom(...SCRATCH.devices).map((id) => keysFor('d', id, ...parts))
const cellKeys = (...parts: Part[]) => cell.map((id) => keysFor('c', id, ...parts))
const cursorArgs = values(fc.constantFrom('', 'x'), fc.integer({ min: -1, max: 9 }).map(String))

const rightCall = fc.oneof(
  { weight: 5, arbitrary: call('wf1_market', symbolKeys('log', '1m', 'seen'), many(fc.oneof(trade, trade, quote))) },
  { weight: 5, arbitrary: call('wf1_device', deviceKeys('track', 'past', 'seen'), many(fix)) },
  { weight: 3, arbitrary: call('wf2_device', deviceKeys('track', 'past', 'seen'), many(wholeFix)) },
  {
    weight: 3,
    arbitrary: fc
      .array(placed, { minLength: 1, maxLength: 3 })
      .map((args) => ({ name: 'wf1_place', keys: keysFor('c', homeOf(args[0] ?? ''), 'geo', 'fix'), args })),
  },
  call(
    'wf1_leave',
    cellKeys('geo', 'fix'),
    values(fc.constantFrom(...SCRATCH.devices.map(latin1Of)), time, number, fc.oneof(cell, fc.constant(''))),
  ),
  call(
    'wf1_describe_device',
    deviceKeys('track', 'past', 'seen'),
    values(
      fc.constantFrom('Van 7', 'x'.repeat(300)),
      fc.constantFrom('other', 'fuzz', '', 'No group'),
      fc.constantFrom('', 'Car'),
      fc.constantFrom('', '{}', '{"plate":"B 1","n":1e999}', '{"a":[1]}', '['.repeat(1500)),
    ),
  ),
  call('wf1_describe', symbolKeys(), values(fc.constantFrom('Fuzz Inc.', 'x'.repeat(300)))),
  call(
    'wf1_list',
    fc.constant(['wf:{symbols}']),
    values(fc.constantFrom(...SCRATCH.symbols.map(latin1Of)), fc.constant('Fuzz Inc.')),
  ),
  call('wf1_drop_minutes', symbolKeys('log', '1m', 'seen'), values(time, fc.constantFrom('', 'x'), number)),
  call('wf1_drop_fixes', deviceKeys('track', 'past', 'seen'), values(time, fc.constantFrom('', 'x'), number)),
  call('wf1_reap', deviceKeys(), values(fc.constantFrom('0', '1', '99999999999999'))),
  call('wf1_read_symbol', symbolKeys('log', '1m'), cursorArgs),
  call('wf1_read_device', deviceKeys('track'), cursorArgs),
  call('wf1_read_cell', cellKeys('fix'), cursorArgs),
  call('wf1_counts', fc.constant([]), fc.constant([])),
  { weight: 8, arbitrary: peopleCall(values) },
  { weight: 8, arbitrary: deviceCall(values) },
  { weight: 6, arbitrary: accessCall(values) },
)

type Turn = { do: 'key' | 'lessKeys' | 'moreKeys' | 'arg' | 'lessArgs' | 'moreArgs'; at: number; with: string }
const keyText = fc.oneof(
  fc.constantFrom(
    ...SCRATCH_KEYS.map(latin1Of),
    'wf:{symbols}x',
    'wf:{s:}',
    'wf:{s:FUZZ-1',
    'wf:{s:FUZZ-1}}',
    'wf:{x:1}',
    '',
  ),
  changed(fc.constantFrom(...SCRATCH_KEYS.map(latin1Of)), 2),
)
const turn: fc.Arbitrary<Turn> = fc
  .tuple(
    fc.constantFrom<Turn['do']>('key', 'lessKeys', 'moreKeys', 'arg', 'arg', 'lessArgs', 'moreArgs'),
    fc.nat({ max: 1000 }),
    keyText,
    odd(),
  )
  .map(([what, at, key, text]) => ({ do: what, at, with: what.endsWith('eys') || what === 'key' ? key : text }))
function odd(): fc.Arbitrary<string> {
  return fc.oneof(oddNumber.map(toLatin1), anyText.map(toLatin1), anyBytes(40), fc.constant('x'.repeat(100_000)))
}

const applyTurn = ({ name, keys, args }: LibraryCall, { do: what, at, with: other }: Turn): LibraryCall => {
  const put = (list: string[], removed: number, added: string[]): string[] =>
    list.toSpliced(list.length > 0 ? at % list.length : 0, removed, ...added)
  if (what === 'key') return { name, keys: put(keys, 1, [other]), args }
  if (what === 'lessKeys') return { name, keys: put(keys, 1, []), args }
  if (what === 'moreKeys') return { name, keys: put(keys, 0, [other]), args }
  if (what === 'arg') return { name, keys, args: put(args, 1, [other]) }
  return { name, keys, args: put(args, what === 'lessArgs' ? 1 : 0, what === 'lessArgs' ? [] : [other]) }
}

/** Right calls, and such as differ from them in a place or two. */
export const libraryCall: fc.Arbitrary<LibraryCall> = fc
  .tuple(rightCall, fc.oneof({ weight: 2, arbitrary: fc.constant<Turn[]>([]) }, fc.array(turn, { maxLength: 2 })))
  .map(([right, turns]) => turns.reduce(applyTurn, right))
