import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Archive, FixRow } from '../../archive/archive.ts'
import type { Fix } from '../../wire/fleet.ts'
import { DAY } from '../../wire/market.ts'
import { fix, HOUR, T, tile } from '../support/archive-rows.ts'
import { type Archives, ENGINES } from '../support/archives.ts'

describe.each(ENGINES)('fixes in the archive in $name', ({ start }) => {
  let archives: Archives
  let archive: Archive
  beforeAll(async () => {
    archives = await start()
  })
  afterAll(() => archives?.stop())
  const fresh = async (): Promise<Archive> => {
    archive = await archives.open()
    return archive
  }

  it('gives tracks, and fixes within tiles, by time', async () => {
    await fresh()
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
    await fresh()
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
    await fresh()
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
})
