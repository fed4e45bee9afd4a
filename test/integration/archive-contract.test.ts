import { beforeEach, describe, expect, it } from 'vitest'
import { type Archive, KEPT } from '../../archive/archive.ts'
import { coarsen } from '../../wire/candles.ts'
import { DAY, MINUTE } from '../../wire/market.ts'
import { SLICE_MS } from '../../wire/past.ts'
import { candle, fix, HOUR, minute, T, tile } from '../support/archive-rows.ts'
import { ENGINES, useArchives } from '../support/archives.ts'
import { hasPostgres, NO_POSTGRES } from '../support/postgres.ts'

if (!(await hasPostgres())) process.stderr.write(`${NO_POSTGRES}\n`)

describe.each(ENGINES)('the archive in $name', ({ start }) => {
  const archives = useArchives(start)
  let archive: Archive
  beforeEach(async () => {
    archive = await archives.open()
  })

  it('holds nothing at first', async () => {
    expect([
      await archive.begin(),
      await archive.edge(),
      await archive.complete('s:A'),
      await archive.devices(),
    ]).toEqual([null, null, null, []])
    expect(await archive.candles({ symbol: 'A', interval: MINUTE, limit: 5 })).toEqual([])
    expect(await archive.lastTrade('A', T)).toBeNull()
    expect(await archive.lastOfAll(0, T, 5)).toEqual([])
    expect((await archive.size()).rows.fixes).toBe(0)
    for await (const marks of archive.marks()) expect(marks).toEqual([])
  })

  it('gives numbers back exactly, and names as they are', async () => {
    const odd = [0.1 + 0.2, 1e-300, -37.63, 1 / 3, 123456789.12345679, 5e-324, 1.7976931348623157e308, 0, -0, 0.07, 8]
    const names = ['BRK.B', 'brk.b', 'Ünï/ß', '東京', '^G', 'a b', "O'Brien", '%_', '🚌']
    const minutes = odd.map((x, i) =>
      minute(names[i % names.length] ?? '', T + i * MINUTE, { open: x, volume: Math.abs(x) }),
    )
    const trades = odd.map((price, i) => ({
      symbol: 'x',
      trade: {
        id: i + 2 ** 52,
        t: T + i,
        price,
        size: odd.at(-i) ?? 0,
        ...(i % 3 && ({ side: i % 3 === 1 ? 'buy' : 'sell' } as const)),
      },
      at: T + 99,
    }))
    const fixes = odd.slice(0, 4).map((x, i) =>
      fix(names[i] ?? '', T + i, {
        lat: x % 80,
        lon: -x % 180,
        speed: x,
        heading: 90.25,
        battery: 0.5,
        route: 'é\0"7',
        parked: true,
        readings: { fuel: x },
        doubtful: true,
      }),
    )
    await archive.write({ minutes, trades, fixes })
    for (const row of minutes) {
      const [found] = await archive.minutes([row.symbol], row.candle.t, row.candle.t + 1, 9)
      expect(found).toEqual({ ...row, candle: { ...row.candle, open: row.candle.open + 0 } })
    }
    const asJson = trades.map((row) => ({
      ...row,
      trade: { ...row.trade, price: row.trade.price + 0, size: row.trade.size + 0 },
    }))
    expect(await archive.trades(['x'], T, T + 100, 100)).toEqual(asJson)
    expect(await archive.lastTrade('x', T + 3)).toEqual(asJson[2])
    for (const row of fixes) {
      const [found] = await archive.track({ device: row.fix.id, from: T, to: T + 100, limit: 9 })
      const route = archives.engine() === 'postgres' ? 'é\uFFFD"7' : 'é\0"7'
      expect(found).toEqual({ ...row, fix: { ...row.fix, route } })
    }
  })

  it('folds hours and days of minutes, and gives any interval by page', async () => {
    const minutes = Array.from({ length: 3000 }, (_, i) => i)
      .filter((i) => i % 7 !== 3 && !(i > 700 && i < 900))
      .map((i) => minute('A', T + i * MINUTE, { open: i / 100, volume: i / 10, high: 200 + (i % 13), count: i + 1 }))
    // In pieces, out of order, and some of it twice.
    for (const [from, to] of [
      [1500, 3000],
      [0, 1000],
      [700, 1500],
      [0, 40],
    ])
      await archive.write({ minutes: minutes.slice(from, to) })
    const all = minutes.map((row) => row.candle)
    for (const interval of [1, 5, 15, 60, 240, 1440, 2880].map((count) => count * MINUTE)) {
      const expected = coarsen(all, interval).map((each) => ({ candle: each }))
      const ask = (more: object) => archive.candles({ symbol: 'A', interval, limit: 10_000, ...more })
      expect(await ask({})).toEqual(expected)
      expect(await ask({ limit: 4 })).toEqual(expected.slice(-4))
      expect(await ask({ limit: 4, oldest: true })).toEqual(expected.slice(0, 4))
      const [from, before] = [T + 65 * MINUTE, T + 1700 * MINUTE]
      const within = expected.filter((each) => each.candle.t >= from && each.candle.t < before)
      expect(await ask({ from, before })).toEqual(within)
      expect(await ask({ before, limit: 3 })).toEqual(expected.filter((each) => each.candle.t < before).slice(-3))
      expect(await ask({ from, limit: 3, oldest: true })).toEqual(
        expected.filter((each) => each.candle.t >= from).slice(0, 3),
      )
    }
  })

  it('keeps of a minute the state with more trades, and what it was before the first late one', async () => {
    const [grown, early] = [candle(T, { count: 9, close: 1 }), candle(T, { count: 4, close: 2 })]
    await archive.write({
      minutes: [
        { symbol: 'A', candle: early },
        { symbol: 'A', candle: grown },
        { symbol: 'A', candle: early },
      ],
    })
    const ask = (interval: number) => archive.candles({ symbol: 'A', interval, limit: 9 })
    expect(await ask(MINUTE)).toEqual([{ candle: grown }])
    const late = candle(T, { count: 10, close: 3 })
    await archive.write({
      minutes: [{ symbol: 'A', candle: late, changed: T + HOUR, seen: grown }, minute('A', T + MINUTE)],
    })
    const later = candle(T, { count: 11, close: 4 })
    await archive.write({ minutes: [{ symbol: 'A', candle: later, changed: T + 2 * HOUR, seen: late }] })
    await archive.write({ minutes: [{ symbol: 'A', candle: later }] })
    const first = { candle: later, changed: T + 2 * HOUR, seen: grown }
    expect(await ask(MINUTE)).toEqual([first, { candle: candle(T + MINUTE) }])
    const folded = {
      candle: coarsen([later, candle(T + MINUTE)], HOUR)[0],
      seen: coarsen([grown, candle(T + MINUTE)], HOUR)[0],
      changed: first.changed,
    }
    expect(await ask(HOUR)).toEqual([folded])
    expect(await ask(DAY)).toEqual([folded])
    expect(await ask(5 * MINUTE)).toEqual([folded])
    expect(await archive.minutes(['A', 'B'], T, T + MINUTE, 5)).toEqual([{ symbol: 'A', ...first }])
  })

  it('keeps events, messages, the record and devices as they are now', async () => {
    const by = { id: 'ann', name: 'Ann' }
    const message = (n: number, text: string, more = {}) => ({
      room: 'm:desk',
      message: { n, t: T + n, by, text, ...more },
    })
    const event = (id: string, at: number, body: string) => ({ device: 'BUS', id, at, kind: 'command' as const, body })
    await archive.write({
      messages: [message(1, 'one'), message(2, 'nul \0 and \ud800'), message(3, 'three')],
      events: [event('x', T, '{"s":1}'), event('y', T + 5, '{}')],
      record: [{ n: 1, t: T, who: 'ann', what: 'signed_in', about: 'x' }],
      devices: [
        { id: 'BUS', name: 'Bus', group: 'a' },
        { id: 'bus', name: 'other', group: 'b' },
      ],
    })
    await archive.write({
      messages: [message(1, '', { deleted: T + 99 })],
      events: [event('x', T + 9, '{"s":2}'), event('y', T + 1, 'old')],
      devices: [{ id: 'BUS', name: 'Bus 1', group: 'c' }],
    })
    await archive.write({ messages: [message(1, 'one'), message(1, 'edit', { edited: T + 50 })] })
    const texts = async (before: number, limit: number) =>
      (await archive.messages('m:desk', before, limit)).map(({ text }) => text)
    expect(await texts(T + 9, 9)).toEqual(['', 'nul \0 and \ud800', 'three'])
    expect(await texts(T + 3, 1)).toEqual(['nul \0 and \ud800'])
    expect(await archive.events('BUS', T + 10, 9)).toEqual([event('x', T + 9, '{"s":2}'), event('y', T + 5, '{}')])
    expect(await archive.events('BUS', T + 9, 9)).toEqual([event('y', T + 5, '{}')])
    const eventsOf = async (from: number, to: number, limit: number) =>
      archive.eventsOf(['bus', 'BUS', 'NONE'], T + from, T + to, limit)
    expect(await eventsOf(5, 10, 9)).toEqual([event('y', T + 5, '{}'), event('x', T + 9, '{"s":2}')])
    expect(await eventsOf(5, 9, 9)).toEqual(await eventsOf(0, 10, 1))
    expect(await archive.eventsOf(['bus'], T, T + 10, 9)).toEqual([])
    expect(await archive.devices()).toEqual([
      { id: 'BUS', name: 'Bus 1', group: 'c' },
      { id: 'bus', name: 'other', group: 'b' },
    ])
    expect((await archive.size()).rows).toMatchObject({ messages: 3, events: 2, record: 1 })
  })

  it('knows how far it is, since when, and what is missing', async () => {
    const mark = (i: number, seq: number, at: number) => ({
      topic: `s:A${i}` as const,
      cursor: { epoch: 'e', seq },
      at,
    })
    await archive.write({ marks: Array.from({ length: 2500 }, (_, i) => mark(i, i, T)), edge: T + 5 })
    await archive.write({ marks: [mark(1, 77, T + 1), mark(2, 66, T - 1)], edge: T + 4 })
    const marks = []
    for await (const piece of archive.marks()) marks.push(...piece)
    expect(marks).toHaveLength(2500)
    expect(marks.filter(({ topic }) => topic === 's:A1' || topic === 's:A2')).toEqual([
      mark(1, 77, T + 1),
      mark(2, 2, T),
    ])
    expect(await archive.edge()).toBe(T + 5)
    expect(await archive.complete('s:A9')).toEqual({ from: T, gaps: [] })
    const gap = { from: T - 50, to: T - 40, why: 'Redis lost it' }
    await archive.write({
      minutes: [minute('A9', T - HOUR)],
      fixes: [fix('d', T + SLICE_MS)],
      gaps: [
        { ...gap, topic: 's:A9' },
        { ...gap, topic: 's:A9' },
      ],
    })
    expect(await archive.complete('s:A9')).toEqual({ from: T - HOUR, gaps: [gap] })
    expect(await archive.complete('d:d')).toEqual({ from: T + SLICE_MS, gaps: [] })
    expect(await archive.slices(T - DAY, T + DAY)).toEqual({ market: [T - HOUR], fleet: [T + SLICE_MS] })
    expect(await archive.slices(T, T + SLICE_MS)).toEqual({ market: [], fleet: [] })
    expect(await archive.begin()).toBe(T - HOUR)
  })

  it('is asked for any time that a number can tell', async () => {
    await archive.write({
      minutes: [minute('A', T)],
      trades: [{ symbol: 'A', trade: { id: 1, t: T, price: 1, size: 1 }, at: T }],
      fixes: [fix('d', T)],
      messages: [{ room: 'm:desk', message: { n: 1, t: T, by: { id: 'ada', name: 'Ada' }, text: 'Hi' } }],
      events: [{ device: 'd', id: 'x', at: T, kind: 'command', body: '{}' }],
    })
    const [first, last, here] = [0, Number.MAX_SAFE_INTEGER, [tile(30.2672, -97.7431)]]
    const area = { west: -98, south: 30, east: -97, north: 31 }
    const world = { west: -180, south: -85, east: 180, north: 85 }
    for (const answer of [
      await archive.candles({ symbol: 'A', interval: MINUTE, from: first, before: last, limit: 9 }),
      await archive.candles({ symbol: 'A', interval: 7 * DAY, from: first, before: last, limit: 9 }),
      await archive.minutes(['A'], first, last, 9),
      await archive.trades(['A'], first, last, 9),
      await archive.track({ device: 'd', from: first, to: last, limit: 9 }),
      await archive.fixesOf(['d'], first, last, 9),
      await archive.fixesIn(here, first, last, 9),
      await archive.lastIn(here, first, last, 9),
      await archive.lastOfAll(first, last, 9),
      await archive.visits(area, first, last, 9),
      await archive.visits(world, first, last, 9),
      await archive.events('d', last, 9),
      await archive.messages('m:desk', last, 9),
      (await archive.slices(first, last)).fleet,
    ])
      expect(answer).toHaveLength(1)
    expect(await archive.lastTrade('A', last)).not.toBeNull()
    for (const from of [last - 1, last]) {
      expect(await archive.candles({ symbol: 'A', interval: MINUTE, from, limit: 9 })).toEqual([])
      expect(await archive.visits(area, from, last, 9)).toEqual([])
      expect(await archive.fixesIn(here, from, last, 9)).toEqual([])
    }
    for (const kind of KEPT) expect(await archive.drop(kind, 0, 5)).toBe(0)
  })
})
