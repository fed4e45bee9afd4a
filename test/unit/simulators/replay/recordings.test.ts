import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { recognise } from '../../../../simulators/replay/formats.ts'
import { namesOf } from '../../../../simulators/replay/names.ts'
import type { Item } from '../../../../simulators/replay/recording.ts'
import { RECORDINGS } from '../../../support/data.ts'
import { fixesOf, type Recording, read as readAs, reasonsOf, unneededOf } from './read.ts'

const textOf = (path: string): string => {
  const bytes = readFileSync(`${RECORDINGS}/${path}`)
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()
}
const read = (path: string): Recording => {
  const text = textOf(path)
  const format = recognise(text)
  if (format === null) throw new Error(`${path} was not recognised`)
  return readAs(text, format, namesOf(path))
}
/** How often a pattern occurs: counted without the reader. */
const occurrences = (path: string, pattern: RegExp): number => textOf(path).match(pattern)?.length ?? 0
const inOrder = (items: readonly Item[]): boolean => items.every(({ t }, i) => i === 0 || t >= (items[i - 1]?.t ?? 0))

it('reads Capital Metro’s bus fixes, and names the two without a position', () => {
  const recording = read('fleet/capmetro-2017-03-16.csv.gz')
  expect(recording.format).toBe('capmetro')
  expect(recording.rows).toBe(1129)
  expect(recording.items).toHaveLength(1127)
  expect(reasonsOf(recording)).toEqual({ 'position 0,0: the receiver had none': 2 })
  const { examples = [] } = recording.skips.get('position 0,0: the receiver had none') ?? {}
  expect(examples.map((text) => text.slice(0, 16))).toEqual(['row 655: 5020,20', 'row 1091: 5017,2'])
  // The row number is the line of the file.
  expect(textOf('fleet/capmetro-2017-03-16.csv.gz').split('\n')[654]).toContain(
    '5020,2017-03-16T06:16:32-05:00,113.9952',
  )
  expect(inOrder(recording.items)).toBe(true)
  expect(new Set(fixesOf(recording).map(({ id }) => id)).size).toBe(6)
  expect(fixesOf(recording).find(({ id, t }) => id === '2218' && t === Date.UTC(2017, 2, 16, 5, 0, 34))).toEqual({
    id: '2218',
    n: 1_489_640_434_000,
    t: 1_489_640_434_000,
    lat: 30.21102,
    lon: -97.77153,
    speed: 17.8816,
    route: '1',
  })
})

it('reads Liverpool’s bus fixes, with and without a bearing', () => {
  const recording = read('fleet/liverpool-route14.csv')
  expect(recording).toMatchObject({ format: 'bods', rows: 187 })
  expect(recording.items).toHaveLength(187)
  expect(fixesOf(recording).filter(({ heading }) => heading === undefined)).toHaveLength(49)
  expect(fixesOf(recording).find(({ n }) => n === 23_812_075)).toEqual({
    id: '4716',
    n: 23_812_075,
    t: Date.UTC(2026, 0, 26, 15, 57, 24),
    lat: 53.445026,
    lon: -2.923543,
    heading: 53,
    route: '14',
  })
  expect(inOrder(recording.items)).toBe(true)
})

it('reads a GPX track', () => {
  const recording = read('fleet/limerick-bus-304.gpx')
  expect(recording.format).toBe('gpx')
  expect(recording.items).toHaveLength(occurrences('fleet/limerick-bus-304.gpx', /<trkpt /g))
  expect(recording.items).toHaveLength(300)
  expect(recording.skips.size).toBe(0)
  const t = Date.UTC(2019, 1, 18, 7, 45, 50)
  expect(fixesOf(recording)[0]).toEqual({ id: 'limerick-bus-304', n: t, t, lat: 52.629151, lon: -8.661746 })
})

it('reads Binance trades', () => {
  const recording = read('market/xrp-eth-trades.json.gz')
  expect(recording).toMatchObject({ format: 'trades', rows: 1399 })
  expect(recording.items).toHaveLength(1399)
  expect(recording.skips.size).toBe(0)
  expect(recording.items[0]).toEqual({
    kind: 'trade',
    t: 1_570_752_011_620,
    row: 1,
    symbol: 'XRP-ETH',
    trade: { id: 13_519_807, t: 1_570_752_011_620, price: 0.00141342, size: 23, side: 'sell' },
  })
})

it('reads Coinbase frames: matches as trades with the taker’s side, tickers as quotes', () => {
  const path = 'market/coinbase-frames.txt.gz'
  const recording = read(path)
  const kinds = recording.items.map(({ kind }) => kind)
  expect(kinds.filter((kind) => kind === 'quote')).toHaveLength(107)
  expect(kinds.filter((kind) => kind === 'trade')).toHaveLength(97 + 10)
  expect(unneededOf(recording)).toEqual({
    'note of the recorder': occurrences(path, /^wss:/gm),
    subscriptions: 3,
    snapshot: 1,
    l2update: 97,
  })
  const sold = recording.items.filter((item) => item.kind === 'trade' && item.trade.side === 'sell')
  expect(sold).toHaveLength(occurrences(path, /"type":"(last_)?match".*"side":"buy"/g))
  expect(sold.length).toBeGreaterThan(10)
  // The same trade in a match (side of the maker: sell) and in a ticker (side of the taker: buy).
  const trade = recording.items.find((item) => item.kind === 'trade' && item.trade.id === 1_568_268)
  expect(trade).toMatchObject({
    symbol: 'SKL-USD',
    trade: { price: 0.791, size: 450, side: 'buy', t: 1_618_677_817_121 },
  })
  expect(textOf(path)).toMatch(/"type":"ticker".*"side":"buy".*"trade_id":1568268,/)
})

it.each([
  { file: 'haicom-305N', fixes: 68, voided: 6 },
  { file: 'iTrek', fixes: 35, voided: 2 },
  { file: 'magellan-ec10', fixes: 21, voided: 17 },
  { file: 'telit-he910', fixes: 24, voided: 37 },
])('reads the NMEA log $file, and counts its void fixes', ({ file, fixes: expected, voided }) => {
  const path = `nmea/${file}.log`
  const recording = read(path)
  expect(recording.items).toHaveLength(expected)
  expect(occurrences(path, /^\$GPRMC,[^,]*,A,/gm)).toBe(expected)
  expect(reasonsOf(recording)).toEqual({ 'void fix: the receiver had no position': voided })
  expect(recording.rows).toBe(occurrences(path, /^\$/gm))
  expect(fixesOf(recording).every(({ id }) => id === file)).toBe(true)
})

it('reads NMEA times to the millisecond, and knots as m/s', () => {
  const [first] = fixesOf(read('nmea/haicom-305N.log'))
  expect(first?.t).toBe(Date.UTC(2007, 3, 8, 9, 53, 4, 802))
  const telit = fixesOf(read('nmea/telit-he910.log'))
  expect(telit[0]?.speed).toBeCloseTo(0.13 * 0.514444, 5)
})
