import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { namesOf, readRecording, recognise } from '../../../simulators/replay/formats.ts'
import type { Item, Recording } from '../../../simulators/replay/recording.ts'
import { NO_RECORDINGS, recordings } from '../../support/data.ts'

const textOf = (path: string): string => {
  const bytes = readFileSync(`${recordings}/${path}`)
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()
}
const read = (path: string): Recording => {
  const text = textOf(path)
  const format = recognise(text)
  if (format === null) throw new Error(`${path} was not recognised`)
  return readRecording(text, format, namesOf(path))
}
const counts = ({ skips }: Recording): Record<string, number> =>
  Object.fromEntries([...skips].map(([reason, { count }]) => [reason, count]))
/** How often a pattern occurs: counted without the reader. */
const occurrences = (path: string, pattern: RegExp): number => textOf(path).match(pattern)?.length ?? 0
const fixes = ({ items }: Recording) => items.flatMap((item) => (item.kind === 'fix' ? [item.fix] : []))
const inOrder = (items: readonly Item[]): boolean => items.every(({ t }, i) => i === 0 || t >= (items[i - 1]?.t ?? 0))

describe.skipIf(recordings === null)(
  `the readers and the real recordings${recordings ? '' : ` (${NO_RECORDINGS})`}`,
  () => {
    it('read Capital Metro’s bus fixes, and name the two without a position', () => {
      const recording = read('fleet/capmetro-2017-03-16.csv.gz')
      expect(recording.format).toBe('capmetro')
      expect(recording.rows).toBe(36_271)
      expect(recording.items).toHaveLength(36_269)
      expect(counts(recording)).toEqual({ 'position 0,0: the receiver had none': 2 })
      const { examples = [] } = recording.skips.get('position 0,0: the receiver had none') ?? {}
      expect(examples.map((text) => text.slice(0, 16))).toEqual(['row 25686: 5020,', 'row 28459: 5017,'])
      // The row number is the line of the file.
      expect(textOf('fleet/capmetro-2017-03-16.csv.gz').split('\n')[25_685]).toContain(
        '5020,2017-03-16T06:16:32-05:00,113.9952',
      )
      expect(inOrder(recording.items)).toBe(true)
      expect(new Set(fixes(recording).map(({ id }) => id)).size).toBe(277)
      expect(fixes(recording).find(({ id, t }) => id === '2218' && t === Date.UTC(2017, 2, 16, 5, 0, 34))).toEqual({
        id: '2218',
        n: 1_489_640_434_000,
        t: 1_489_640_434_000,
        lat: 30.21102,
        lon: -97.77153,
        speed: 17.8816,
        route: '1',
      })
    })

    it('read Liverpool’s bus fixes, with and without a bearing', () => {
      const recording = read('fleet/liverpool-route14.csv')
      expect(recording).toMatchObject({ format: 'bods', rows: 1533 })
      expect(recording.items).toHaveLength(1533)
      expect(fixes(recording).filter(({ heading }) => heading === undefined)).toHaveLength(399)
      expect(fixes(recording).find(({ n }) => n === 23_812_075)).toEqual({
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

    it('read a GPX track', () => {
      const recording = read('fleet/limerick-bus-304.gpx')
      expect(recording.format).toBe('gpx')
      expect(recording.items).toHaveLength(occurrences('fleet/limerick-bus-304.gpx', /<trkpt /g))
      expect(recording.items).toHaveLength(2144)
      expect(recording.skips.size).toBe(0)
      const t = Date.UTC(2019, 1, 18, 7, 45, 50)
      expect(fixes(recording)[0]).toEqual({ id: 'limerick-bus-304', n: t, t, lat: 52.629151, lon: -8.661746 })
    })

    it('read Binance trades', () => {
      const recording = read('market/xrp-eth-trades.json.gz')
      expect(recording).toMatchObject({ format: 'trades', rows: 12_477 })
      expect(recording.items).toHaveLength(12_477)
      expect(recording.skips.size).toBe(0)
      expect(recording.items[0]).toEqual({
        kind: 'trade',
        t: 1_570_752_011_620,
        row: 1,
        symbol: 'XRP-ETH',
        trade: { id: 13_519_807, t: 1_570_752_011_620, price: 0.00141342, size: 23, side: 'sell' },
      })
    })

    it('read Coinbase frames: matches as trades with the taker’s side, tickers as quotes', () => {
      const path = 'market/coinbase-frames.txt.gz'
      const recording = read(path)
      const kinds = recording.items.map(({ kind }) => kind)
      expect(kinds.filter((kind) => kind === 'quote')).toHaveLength(107)
      expect(kinds.filter((kind) => kind === 'trade')).toHaveLength(97 + 10)
      expect(counts(recording)).toEqual({
        'a note of the recorder': occurrences(path, /^wss:/gm),
        'neither trade nor quote: subscriptions': 3,
        'neither trade nor quote: snapshot': 10,
        'neither trade nor quote: l2update': 9719,
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
      { file: 'telit-he910', fixes: 187, voided: 37 },
    ])('read the NMEA log $file, and count its void fixes', ({ file, fixes: expected, voided }) => {
      const path = `nmea/${file}.log`
      const recording = read(path)
      expect(recording.items).toHaveLength(expected)
      expect(occurrences(path, /^\$GPRMC,[^,]*,A,/gm)).toBe(expected)
      expect(counts(recording)['void fix: the receiver had no position']).toBe(voided)
      expect(recording.rows).toBe(occurrences(path, /^\$/gm))
      expect(Object.keys(counts(recording)).filter((reason) => /checksum|malformed/.test(reason))).toEqual([])
      expect(fixes(recording).every(({ id }) => id === file)).toBe(true)
    })

    it('read NMEA times to the millisecond, and knots as m/s', () => {
      const [first] = fixes(read('nmea/haicom-305N.log'))
      expect(first?.t).toBe(Date.UTC(2007, 3, 8, 9, 53, 4, 802))
      const telit = fixes(read('nmea/telit-he910.log'))
      expect(telit[0]?.speed).toBeCloseTo(0.13 * 0.514444, 5)
    })
  },
)
