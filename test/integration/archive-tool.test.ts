import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, zstdCompressSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { afterAll, describe, expect, it } from 'vitest'
import { runArchive } from '../support/archive-tool.ts'
import { RECORDINGS } from '../support/data.ts'

const TRADES = `${RECORDINGS}/market/xrp-eth-trades.json.gz`
const BUSES = `${RECORDINGS}/fleet/capmetro-2017-03-16.csv.gz`
const GPX = `${RECORDINGS}/fleet/limerick-bus-304.gpx`

const folder = mkdtempSync(join(tmpdir(), 'watchfloor-archive-tool-'))
afterAll(() => rmSync(folder, { recursive: true }))

let archives = 0
const newArchive = (): string => `sqlite:${join(folder, `archive-${++archives}.db`)}`
const put = (name: string, text: string | Uint8Array): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

/** Runs what must work, and returns what it says. */
const run = async (archive: string, ...args: string[]) => {
  const ran = await runArchive(archive, args)
  expect(ran).toMatchObject({ code: 0 })
  return ran
}
const exported = async (archive: string, ...args: string[]): Promise<string> =>
  (await run(archive, 'export', ...args)).out
const rowsOf = (csv: string): Record<string, string>[] => parse(csv, { columns: true })

type Row = [t: number, id: string, type: null, side: string, price: number, amount: number]
const binance = (JSON.parse(gunzipSync(readFileSync(TRADES)).toString()) as Row[]).sort(
  (a, b) => a[0] - b[0] || Number(a[1]) - Number(b[1]),
)

/** OHLCV per interval the naive way, from trades in order. */
const candlesOf = (rows: readonly Row[], interval: number) =>
  [...Map.groupBy(rows, ([t]) => t - (t % interval))].map(([t, trades]) => ({
    time: new Date(t).toISOString(),
    open: trades[0]?.[4],
    high: Math.max(...trades.map((row) => row[4])),
    low: Math.min(...trades.map((row) => row[4])),
    close: trades.at(-1)?.[4],
    count: trades.length,
  }))
const bare = ({ time, open, high, low, close, count }: Record<string, string>) => ({
  time,
  open: Number(open),
  high: Number(high),
  low: Number(low),
  close: Number(close),
  count: Number(count),
})

describe('what a market recorded', () => {
  it('is imported as candles that are what the file says, at any interval; again, it changes nothing', async () => {
    const archive = newArchive()
    const minutes = candlesOf(binance, 60_000)
    for (let i = 0; i < 2; i++) {
      const { last } = await run(archive, 'import', TRADES)
      expect(last).toBe(`Minutes ${minutes.length}, trades 0, fixes 0, left out 0.`)
    }
    const read = async (...more: string[]) => rowsOf(await exported(archive, 'candles', 'XRP-ETH', ...more)).map(bare)
    expect(await read()).toEqual(minutes)
    expect(await read('--interval', '1h')).toEqual(candlesOf(binance, 3_600_000))
    expect(await read('--interval', '1d', '--to', '2019-10-12')).toEqual(candlesOf(binance, 86_400_000).slice(0, 1))
    expect((await runArchive(archive, ['export', 'trades', 'XRP-ETH'])).code).toBe(1)
  })

  it('keeps its trades where that is asked for, and goes out and in again as Parquet without a loss', async () => {
    const [archive, copy] = [newArchive(), newArchive()]
    await run(archive, 'import', '--trades', TRADES)
    const trades = await exported(archive, 'trades', 'XRP-ETH')
    expect(rowsOf(trades).map(({ id, price, size, side }) => [id, Number(price), Number(size), side])).toEqual(
      binance.map(([, id, , side, price, amount]) => [id, price, amount, side]),
    )
    const file = join(folder, 'trades.parquet')
    await run(archive, 'export', 'trades', 'XRP-ETH', '--format', 'parquet', '-o', file)
    await run(copy, 'import', '--trades', file)
    expect(await exported(copy, 'trades', 'XRP-ETH')).toBe(trades)
    const candles = await exported(archive, 'candles', 'XRP-ETH')
    expect(await exported(copy, 'candles', 'XRP-ETH')).toBe(candles)
    const third = newArchive()
    const table = join(folder, 'candles.parquet')
    await run(archive, 'export', 'candles', 'XRP-ETH', '--format', 'parquet', '-o', table)
    await run(third, 'import', table, put('more.csv', candles))
    expect(await exported(third, 'candles', 'XRP-ETH')).toBe(candles)
    const hours = await exported(archive, 'candles', 'XRP-ETH', '--interval', '1h')
    const { out } = await runArchive(third, ['import', put('hours.csv', hours)])
    expect(out).toMatch(/: its trades are not of one minute/)
  })

  it('is the same in one file, or cut into several anywhere, a minute too', async () => {
    const [whole, parts] = [newArchive(), newArchive()]
    const cut = binance.findIndex(
      ([t], i) => i > 500 && Math.floor(t / 60_000) === Math.floor((binance[i - 1]?.[0] ?? 0) / 60_000),
    )
    const files = [binance.slice(0, cut), binance.slice(cut)].map((rows, i) =>
      put(`part-${i}.json`, JSON.stringify(rows)),
    )
    await run(whole, 'import', TRADES)
    await run(parts, 'import', '--symbol', 'XRP-ETH', ...files)
    await run(parts, 'import', '--symbol', 'XRP-ETH', ...files.toReversed())
    expect(await exported(parts, 'candles', 'XRP-ETH')).toBe(await exported(whole, 'candles', 'XRP-ETH'))
  })

  it('may be a table of candles: in a zone, with what is wrong left out, and of minutes only', async () => {
    const archive = newArchive()
    const head = 'Date,Open,Close,High,Low,Volume\n'
    const rows = ['2019-11-05 09:30:00,3080.8,3080.49,3081.47,3080.3,2209795', '2019-11-05 09:31:00,3,2,1,4,5']
    const file = put('SPX.csv', `${head}${rows.join('\n')}\n`)
    expect((await runArchive(archive, ['import', file])).out).toMatch(/does not say in which zone/)
    const { out, last } = await run(archive, 'import', file, '--zone', 'America/New_York')
    expect(out).toMatch(/1 row: a price is above the high or below the low\n {6}row 3: /)
    expect(last).toBe('Minutes 1, trades 0, fixes 0, left out 1.')
    expect(rowsOf(await exported(archive, 'candles', 'SPX'))).toMatchObject([
      {
        time: '2019-11-05T14:30:00.000Z',
        open: '3080.8',
        high: '3081.47',
        low: '3080.3',
        close: '3080.49',
        volume: '2209795',
      },
    ])
    const fives = Array.from({ length: 6 }, (_, i) => `2019-11-05T10:${String(i * 5).padStart(2, '0')}:00Z,1,1,1,1,1`)
    const { code, err } = await runArchive(archive, ['import', put('five.csv', head + fives.join('\n'))])
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/five\.csv cannot be imported: its candles are of 5 min: only/),
    ])
  })

  it('may be a Parquet file of another program, compressed with Zstandard, its trades without numbers', async () => {
    const archive = newArchive()
    const bytes = parquetWriteBuffer({
      codec: 'ZSTD',
      compressors: { ZSTD: (input) => zstdCompressSync(input) },
      columnData: [
        { name: 'Timestamp', data: [85_500, 30_000, 30_000].map((t) => new Date(1.6e12 + t)), type: 'TIMESTAMP' },
        { name: 'Symbol', data: ['A', 'A', 'A'], type: 'STRING' },
        { name: 'Price', data: [3, 1, 2], type: 'DOUBLE' },
        { name: 'Size', data: [1, 1, 0.1], type: 'DOUBLE' },
      ],
    })
    await run(archive, 'import', put('other.parquet', new Uint8Array(bytes)))
    expect(rowsOf(await exported(archive, 'candles', 'A')).map(bare)).toEqual([
      { time: '2020-09-13T12:27:00.000Z', open: 1, high: 2, low: 1, close: 2, count: 2 },
      { time: '2020-09-13T12:28:00.000Z', open: 3, high: 3, low: 3, close: 3, count: 1 },
    ])
  })
})

describe('what a fleet recorded', () => {
  it('is imported fix by fix, and goes out and in again as CSV and GPX', async () => {
    const [archive, copy] = [newArchive(), newArchive()]
    const { last, out } = await run(archive, 'import', BUSES, GPX)
    expect(last).toBe('Minutes 0, trades 0, fixes 1427, left out 2.')
    expect(out).toMatch(/2 rows: position 0,0/)
    const real = rowsOf(gunzipSync(readFileSync(BUSES)).toString()).filter((row) => Number(row.latitude) !== 0)
    const [id = ''] = real.map((row) => row.vehicle_id)
    const own = real.filter((row) => row.vehicle_id === id)
    const track = await exported(archive, 'track', id)
    expect(rowsOf(track).map((row) => [Date.parse(row.timestamp ?? ''), Number(row.latitude)])).toEqual(
      own
        .map((row) => [Date.parse(row.timestamp ?? ''), Number(row.latitude)])
        .sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0)),
    )
    await run(copy, 'import', put('track.csv', track))
    expect(await exported(copy, 'track', id)).toBe(track)
    const bus = join(folder, 'bus.gpx')
    await run(archive, 'export', 'track', 'limerick-bus-304', '--format', 'gpx', '-o', bus)
    await run(copy, 'import', bus, '--device', 'limerick-bus-304')
    expect(await exported(copy, 'track', 'limerick-bus-304')).toBe(await exported(archive, 'track', 'limerick-bus-304'))
  })

  it('goes out as GeoJSON, a line and its points, of a stretch of time', async () => {
    const archive = newArchive()
    await run(archive, 'import', GPX)
    const all = rowsOf(await exported(archive, 'track', 'limerick-bus-304'))
    const [from = '', to = ''] = [all[10]?.timestamp, all[20]?.timestamp]
    const args = ['track', 'limerick-bus-304', '--from', from, '--to', to, '--format', 'geojson']
    const { type, features } = JSON.parse(await exported(archive, ...args))
    expect([type, features.length]).toEqual(['FeatureCollection', 11])
    const places = all.slice(10, 20).map(({ longitude, latitude }) => [Number(longitude), Number(latitude)])
    expect(features[0].geometry).toEqual({ type: 'LineString', coordinates: places })
    expect(features[1]).toMatchObject({ geometry: { coordinates: places[0] }, properties: { time: from } })
  })
})

describe('who mistypes', () => {
  it('is told that there is no such archive, or what an argument should be', async () => {
    const nowhere = `sqlite:${join(folder, 'nowhere.db')}`
    const size = await runArchive(nowhere, ['size'])
    expect([size.code, size.err]).toEqual([1, expect.stringMatching(/There is no archive .*nowhere\.db/)])
    const verb = await runArchive(nowhere, ['vrify'])
    expect([verb.code, verb.err]).toEqual([1, expect.stringMatching(/^watchfloor: "vrify" is none of import, export/)])
  })

  it('is told which file there is not, and the others are imported', async () => {
    const { code, err, last } = await runArchive(newArchive(), ['import', '/nowhere.gpx', GPX])
    expect(err).toMatch(/\/nowhere\.gpx cannot be imported: there is no such file/)
    expect([code, last]).toEqual([1, 'Minutes 0, trades 0, fixes 300, left out 0.'])
  })
})
