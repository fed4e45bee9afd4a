import fc from 'fast-check'
import { anyText } from './bytes.ts'
import type { Json } from './json.ts'

/** Topics that the fuzzer writes, and that nobody else watches: what becomes of them is no matter. */
export const SCRATCH = {
  symbols: ['FUZZ-1', 'FUZZ-2', 'FÜZZ/3'],
  devices: ['fuzz-1', 'fuzz-2', 'früher 3'],
  /** In the middle of the Pacific. */
  cells: ['other/0222222222222', 'other/0222222222223', 'other/0222222222220'],
  people: ['m:fuzz', 'i:fuzz', 'v:fuzz', 'o:fuzz'],
} as const

/** A topic that the witness watches: it must come right again whatever is published about it. */
export const WATCHED = 'WATCHED'

const scratchTopic = fc.constantFrom(
  ...SCRATCH.symbols.map((name) => `s:${name}`),
  ...SCRATCH.devices.map((name) => `d:${name}`),
)
const name = fc.oneof(
  { weight: 6, arbitrary: scratchTopic },
  {
    weight: 2,
    arbitrary: fc.constantFrom(`s:${WATCHED}`, 's:LIVE0', 'd:live-0', 's:NOBODY', 'd:nobody', 'c:other/0222222222222'),
  },
  anyText,
  anyText.map((text) => `s:${text}`),
)
const cursor = fc.record({
  epoch: fc.oneof(fc.constantFrom('', '6b03905e05153', 'x'), anyText),
  seq: fc.oneof(fc.nat({ max: 20 }), fc.constantFrom(-1, 0.5, 2 ** 53, 1e300)),
})
const tuning = {
  mode: fc.constantFrom('every', 'latest', 'LATEST', ''),
  rate: fc.oneof(fc.double({ min: 0.1, max: 60, noNaN: true }), fc.constantFrom(0, -1, 61, 0.1, 60)),
}
const degrees = (most: number) => fc.double({ min: -most, max: most, noNaN: true })
const bounds = fc.oneof(
  fc.constantFrom(
    { west: -97.8, east: -97.68, south: 30.22, north: 30.32 },
    { west: 179.9, east: 180.1, south: -0.1, north: 0.1 },
    { west: -180, east: 180, south: -90, north: 90 },
    { west: 1, east: -1, south: 1, north: -1 },
  ),
  fc
    .tuple(degrees(360), degrees(90), fc.double({ min: 0, max: 0.3, noNaN: true }))
    .map(([west, south, size]) => ({ west, east: west + size, south, north: Math.min(90, south + size) })),
  fc.record({ west: degrees(1100), east: degrees(1100), south: degrees(91), north: degrees(91) }),
)
const cellName = fc.oneof(
  fc.constantFrom(...SCRATCH.cells, 'other/0231301203311').map((cell) => `c:${cell}`),
  fc.constantFrom('s:FUZZ-1', 'c:', '__proto__', 'toString', 'hasOwnProperty'),
  anyText,
)
const view = fc.record(
  { bounds, cursors: fc.dictionary(cellName, cursor, { maxKeys: 6 }), ...tuning },
  { requiredKeys: ['bounds'] },
)
const some = { requiredKeys: [] as never[] }
const watched = fc.record({ topic: name, cursor, ...tuning }, { requiredKeys: ['topic'] })
const tuned = fc.record({ topic: name, ...tuning }, { requiredKeys: ['topic'] })
/** Many alike, as a client has after a night: mostly few. */
const many = <T>(each: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.oneof(
    { weight: 80, arbitrary: fc.array(each, { maxLength: 6 }) },
    fc.tuple(each, fc.integer({ min: 500, max: 2500 })).map(([one, times]) => new Array<T>(times).fill(one)),
  )

/** Right requests, or nearly, by the event that they go with. */
export const REQUESTS = {
  watch: fc.record({ topics: many(watched), view: fc.option(view) }, some),
  unwatch: fc.record({ topics: many(name) }, some),
  tune: fc.record({ topics: many(tuned), view: fc.record(tuning, some) }, some),
} as unknown as Record<'watch' | 'unwatch' | 'tune', fc.Arbitrary<Json>>
