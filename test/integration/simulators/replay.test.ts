import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CandlesReply } from '../../../wire/api.ts'
import { applyMarket } from '../../../wire/candles.ts'
import type { CellSnapshot, Fix } from '../../../wire/fleet.ts'
import type { Candle, SymbolSnapshot } from '../../../wire/market.ts'
import type { Update, WatchReply } from '../../../wire/protocol.ts'
import { connectClient } from '../../support/client.ts'
import { RECORDINGS } from '../../support/data.ts'
import { ROOT } from '../../support/environment.ts'
import { eventually } from '../../support/eventually.ts'
import { createFeed } from '../../support/feed.ts'
import { startNode, type TestNode } from '../../support/node.ts'
import { startRedis, type TestRedis } from '../../support/redis.ts'

const TRADES = `${RECORDINGS}/market/xrp-eth-trades.json.gz`
const BUSES = `${RECORDINGS}/fleet/capmetro-2017-03-16.csv.gz`

let redis: TestRedis
let node: TestNode

beforeAll(async () => {
  redis = await startRedis()
  node = await startNode({ redisUrl: redis.url })
})
afterAll(async () => {
  await node?.stop()
  await redis?.stop()
})

const replay = async (file: string): Promise<string> => {
  const args = ['simulators/main.ts', '--replay', file, '--speed', 'max', '--redis', redis.url]
  const { stdout, stderr } = await promisify(execFile)('node', args, { cwd: ROOT })
  return stdout + stderr
}
const text = (file: string): string => gunzipSync(readFileSync(file)).toString()
const answers = (reply: WatchReply) => ('results' in reply ? reply.results : [])

/** OHLCV per interval, the naive way: from all trades, in order of time and number. */
const candlesOf = (rows: { t: number; price: number; size: number }[], interval: number) => {
  const groups = Map.groupBy(rows, ({ t }) => t - (t % interval))
  return [...groups].map(([t, trades]) => ({
    t,
    open: trades[0]?.price,
    high: Math.max(...trades.map(({ price }) => price)),
    low: Math.min(...trades.map(({ price }) => price)),
    close: trades.at(-1)?.price,
    volume: expect.closeTo(
      trades.reduce((sum, { size }) => sum + size, 0),
      4,
    ),
    count: trades.length,
  }))
}
const bare = ({ t, open, high, low, close, volume, count }: Candle) => ({ t, open, high, low, close, volume, count })

describe('a recorded day, end to end', () => {
  it('ends, for a client that watches the Binance file being replayed, with what the file says', async () => {
    await createFeed(redis.client()).describe('XRP-ETH')
    const client = await connectClient(node.url)
    const [start] = answers(await client.watchTopics('s:XRP-ETH'))
    if (start?.kind !== 'snapshot') throw new Error('no snapshot')
    await replay(TRADES)
    const rows = (JSON.parse(text(TRADES)) as [number, string, null, string, number, number][])
      .map(([t, id, , , price, size]) => ({ t, id: Number(id), price, size }))
      .sort((a, b) => a.t - b.t || a.id - b.id)
    const last = rows.at(-1)
    const updates = () => client.segments('s:XRP-ETH') as Update[]
    await eventually('the last trade', () => updates().some(({ trades }) => trades?.some(({ id }) => id === last?.id)))
    const trades = updates().flatMap((update) => update.trades ?? [])
    expect(trades.map(({ id }) => id)).toEqual(rows.map(({ id }) => id))
    const state = updates().reduce(applyMarket, start.snapshot as SymbolSnapshot)
    expect(state.last).toMatchObject({ id: last?.id, price: last?.price, size: last?.size })
    const [day] = candlesOf(rows, 86_400_000).slice(-1)
    expect(state.day && bare(state.day)).toEqual(day)
    for (const [interval, ms] of [
      ['1m', 60_000],
      ['15m', 900_000],
      ['1h', 3_600_000],
    ] as const) {
      const reply = (await (
        await fetch(`${node.url}/api/symbols/XRP-ETH/candles?interval=${interval}&limit=1500`)
      ).json()) as CandlesReply
      expect(reply.candles.map(bare)).toEqual(candlesOf(rows, ms).slice(-reply.candles.length))
      expect(reply.candles.length).toBeGreaterThan(30)
    }
    client.close()
  })

  it('ends, for a client that watches Austin, with the last position of every bus; the two rows without one are named', async () => {
    const rows = (parse(text(BUSES), { columns: true }) as Record<string, string>[]).map((row) => ({
      id: row.vehicle_id ?? '',
      t: Date.parse(row.timestamp ?? ''),
      lat: Number(row.latitude),
      lon: Number(row.longitude),
    }))
    const real = rows.filter(({ lat, lon }) => lat !== 0 && lon !== 0)
    expect(rows.length - real.length).toBe(2)
    const bounds = {
      west: Math.min(...real.map(({ lon }) => lon)),
      east: Math.max(...real.map(({ lon }) => lon)),
      south: Math.min(...real.map(({ lat }) => lat)),
      north: Math.max(...real.map(({ lat }) => lat)),
    }
    const client = await connectClient(node.url)
    const reply = await client.watch({ view: { bounds } })
    if ('error' in reply || !reply.view || 'error' in reply.view) throw new Error(JSON.stringify(reply))
    const cells = reply.view.cells
    const output = await replay(BUSES)
    expect(output).toMatch(/1,127 of 1,129/)
    expect(output).toMatch(/2 rows: position 0,0[\s\S]*5020,2017-03-16T06:16:32[\s\S]*5017,2017-03-16T07:14:49/)

    const expected = new Map<string, { t: number; lat: number; lon: number }>()
    for (const { id, t, lat, lon } of real) if ((expected.get(id)?.t ?? 0) <= t) expected.set(id, { t, lat, lon })
    expect(expected.size).toBe(6)
    const pictured = () => picture(cells, client.frames.flat() as Update[])
    await eventually('every bus in its place', () => {
      const shown = pictured()
      return [...expected].every(([id, { t }]) => shown.get(id)?.t === t)
    })
    const shown = new Map([...pictured()].map(([id, { t, lat, lon }]) => [id, { t, lat, lon }]))
    expect(shown).toEqual(expected)

    const fresh = answers(await (await connectClient(node.url)).watch({ view: { bounds } }))
    const truth = fresh.flatMap((each) => (each.kind === 'snapshot' ? (each.snapshot as CellSnapshot).fixes : []))
    expect(new Map(truth.map(({ id, t, lat, lon }) => [id, { t, lat, lon }]))).toEqual(expected)
    client.close()
  })
})

/** The map of a client by the book: the newest fix of each device, gone when it left for where nobody looks. */
const picture = (cells: string[], updates: Update[]): Map<string, Fix> => {
  const shown = new Map<string, Fix>()
  for (const { fixes = [], left = [] } of updates) {
    for (const fix of fixes) {
      const known = shown.get(fix.id)
      if (!known || fix.t > known.t || (fix.t === known.t && fix.n > known.n)) shown.set(fix.id, fix)
    }
    for (const { id, t, to } of left)
      if ((to === null || !cells.includes(to)) && (shown.get(id)?.t ?? Number.POSITIVE_INFINITY) <= t) shown.delete(id)
  }
  return shown
}
