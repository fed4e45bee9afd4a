import { beforeEach, describe, expect, it } from 'vitest'
import type { Archive, FixRow } from '../../archive/archive.ts'
import type { Fix } from '../../wire/fleet.ts'
import { DAY, MINUTE } from '../../wire/market.ts'
import { fix, HOUR, minute, T, tile } from '../support/archive-rows.ts'
import { ENGINES, useArchives } from '../support/archives.ts'

describe.each(ENGINES)('fixes in the archive in $name, and what is dropped', ({ start }) => {
  const archives = useArchives(start)
  let archive: Archive
  beforeEach(async () => {
    archive = await archives.open()
  })

  it('gives tracks, and fixes within tiles, by time', async () => {
    const near = Array.from({ length: 50 }, (_, i) => fix('a', T + i * 1000, { n: 50 - i, lat: 30 + i / 100 }))
    const same = [fix('b', T + 5000, { n: 2 }), fix('b', T + 5000, { n: 1, lat: 31 })]
    await archive.write({ fixes: [...near.slice(20), ...same] })
    await archive.write({ fixes: near })
    expect(await archive.track({ device: 'a', from: T, to: T + 49_000, limit: 99 })).toEqual(near)
    expect(await archive.track({ device: 'a', from: T, to: T + 9000, limit: 3 })).toEqual(near.slice(7, 10))
    expect(await archive.track({ device: 'a', from: T + 1000, to: T + 9000, limit: 3, oldest: true })).toEqual(
      near.slice(1, 4),
    )
    expect(await archive.track({ device: 'b', from: T, to: T + 9000, limit: 3 })).toEqual([same[1], same[0]])
    const tiles = [tile(30.05, -97.7431), tile(31, -97.7431)]
    const expected = [...near, ...same]
      .filter(
        (row) => tiles.includes(tile(row.fix.lat, row.fix.lon)) && row.fix.t >= T + 1000 && row.fix.t < T + 20_000,
      )
      .sort((x, y) => x.fix.t - y.fix.t || x.fix.n - y.fix.n)
    expect(expected.length).toBeGreaterThan(3)
    expect(await archive.fixesIn(tiles, T + 1000, T + 20_000, 99)).toEqual(expected)
    expect(await archive.fixesIn(tiles, T + 1000, T + 20_000, 2)).toEqual(expected.slice(0, 2))
    const both = [...near.slice(5, 7), ...same].sort((x, y) => x.fix.t - y.fix.t || x.fix.n - y.fix.n)
    expect(await archive.fixesOf(['b', 'a', 'nobody'], T + 5000, T + 7000, 9)).toEqual(both)
    expect(await archive.fixesOf(['b', 'a'], T + 5000, T + 7000, 2)).toEqual(both.slice(0, 2))
    expect(await archive.fixesIn([tile(10, 10)], T, T + 20_000, 99)).toEqual([])
  })

  it('knows where each device was at a moment', async () => {
    const [here, there] = [tile(30, 10), tile(40, 20)]
    const at = (id: string, s: number, lat: number, lon: number, more: Partial<Fix> = {}) =>
      fix(id, T + s * 1000, { lat, lon, ...more })
    const fixes = [
      at('a', 10, 30, 10),
      at('a', 20, 40, 20),
      at('b', 10, 40, 20),
      at('b', 20, 30, 10, { n: 7 }),
      at('b', 20, 40, 20, { n: 6 }),
      at('c', 10, 30, 10),
      at('c', 15, 40, 20, { doubtful: true }),
      at('d', 1, 30, 10),
    ]
    await archive.write({ fixes })
    const ids = (rows: FixRow[]) => rows.map((row) => `${row.fix.id}@${(row.fix.t - T) / 1000}`).sort()
    expect(ids(await archive.lastIn([here], T + 5000, T + 30_000, 9))).toEqual(['b@20', 'c@10'])
    expect(ids(await archive.lastIn([there], T + 5000, T + 30_000, 9))).toEqual(['a@20'])
    expect(ids(await archive.lastIn([here, there], T, T + 20_000, 9))).toEqual(['a@10', 'b@10', 'c@10', 'd@1'])
    expect(await archive.lastIn([here], T + 5000, T + 30_000, 1)).toHaveLength(1)
    expect(ids(await archive.lastOfAll(T + 5000, T + 30_000, 9))).toEqual(['a@20', 'b@20', 'c@10'])
    expect(await archive.lastOfAll(T, T + 30_000, 2)).toHaveLength(2)
    expect((await archive.lastOfAll(T, T + 20_001, 9)).find((row) => row.fix.id === 'b')).toEqual(fixes[3])
  })

  it('knows who was in an area by the coordinates', async () => {
    const rows = [
      fix('a', T + 1000, { lat: 10, lon: 20 }),
      fix('a', T + 2000, { lat: 10.0000001, lon: 20 }),
      fix('a', T + 5 * HOUR, { lat: 10.1, lon: 20.1 }),
      fix('b', T + 500, { lat: 10.05, lon: 20.05 }),
      fix('c', T + 600, { lat: 10.05, lon: 20.05, doubtful: true }),
      fix('d', T + 600, { lat: 10.2, lon: 20.05 }),
      fix('east', T + 700, { lat: -17.7, lon: 179.99 }),
      fix('west', T + 800, { lat: -17.7, lon: -179.99 }),
    ]
    await archive.write({ fixes: rows })
    const ask = async (west: number, south: number, east: number, north: number, from = T, to = T + DAY, limit = 9) =>
      (await archive.visits({ west, south, east, north }, from, to, limit)).map(({ id, first, last }) => [
        id,
        first.t - T,
        last.t - T,
      ])
    expect(await ask(20, 10, 20.1, 10.1)).toEqual([
      ['b', 500, 500],
      ['a', 1000, 5 * HOUR],
    ])
    expect(await ask(20, 10, 20.1, 10.1, T, T + DAY, 1)).toEqual([['b', 500, 500]])
    expect(await ask(20, 10, 20, 10.00000005)).toEqual([['a', 1000, 1000]])
    expect(await ask(20, 10, 20.1, 10.1, T + 1001, T + 5 * HOUR)).toEqual([['a', 2000, 2000]])
    const pacific = [
      ['east', 700, 700],
      ['west', 800, 800],
    ]
    expect(await ask(179, -18, -179, -17)).toEqual(pacific)
    expect(await ask(179, -18, 181, -17)).toEqual(pacific)
    expect(await ask(-181, -18, -179, -17)).toEqual(pacific)
    const everywhere = [['b', 500, 500], ['d', 600, 600], ...pacific, ['a', 1000, 5 * HOUR]]
    expect(await ask(-180, -90, 180, 90)).toEqual(everywhere)
    expect(await ask(-500, -90, 500, 90)).toEqual(everywhere)
    const [visit] = await archive.visits({ west: 20, south: 10, east: 20.1, north: 10.1 }, T + 600, T + DAY, 9)
    expect(visit).toEqual({ id: 'a', first: rows[0]?.fix, last: rows[2]?.fix })
  })

  it('drops what is old in steps, and keeps hours and days of dropped minutes', async () => {
    const minutes = ['A', 'B'].flatMap((symbol) =>
      Array.from({ length: 180 }, (_, i) => minute(symbol, T + i * MINUTE)),
    )
    const fixes = Array.from({ length: 100 }, (_, i) => fix(`d${i % 3}`, T + i * MINUTE))
    const trades = Array.from({ length: 30 }, (_, i) => ({
      symbol: 'A',
      trade: { id: i + 1, t: T + i, price: 1, size: 1 },
      at: T + i,
    }))
    await archive.write({ minutes, fixes, trades, record: [{ n: 1, t: T, who: 'a', what: 'signed_in', about: '' }] })
    const hours = await archive.candles({ symbol: 'A', interval: HOUR, limit: 9 })
    const steps = async (kind: Parameters<Archive['drop']>[0], before: number): Promise<number[]> => {
      const gone: number[] = []
      do gone.push(await archive.drop(kind, before, 50))
      while (gone.at(-1))
      return gone
    }
    expect(await steps('minutes', T + 119 * MINUTE)).toEqual([50, 50, 20, 0])
    expect((await archive.minutes(['A', 'B'], T, T + DAY, 999)).length).toBe(240)
    await archive.write({ minutes: [minute('A', T + 3 * MINUTE)] })
    expect(await archive.candles({ symbol: 'A', interval: HOUR, limit: 9 })).toEqual(hours)
    expect(await steps('fixes', T + 50 * MINUTE)).toEqual([50, 0])
    expect(await archive.lastOfAll(T, T + 50 * MINUTE, 9)).toEqual([])
    expect(await archive.track({ device: 'd2', from: 0, to: T + DAY, limit: 99 })).toHaveLength(17)
    expect(await archive.complete('d:d2')).toEqual({ from: T + 50 * MINUTE, gaps: [] })
    expect((await archive.slices(T, T + HOUR)).fleet).toEqual([T + 50 * MINUTE])
    expect(await steps('trades', T + 10)).toEqual([10, 0])
    expect(await steps('record', T + 1)).toEqual([1, 0])
    expect(await steps('candles', T + DAY)).toEqual([8, 0])
    const { bytes } = await archive.size()
    await archive.vacuum()
    if (archives.engine() === 'sqlite') expect((await archive.size()).bytes).toBeLessThan(bytes - 2 * 4096)
    expect(await archive.size()).toMatchObject({
      rows: { trades: 20, fixes: 50, candles: 0 },
      bytes: expect.any(Number),
    })
  })
})
