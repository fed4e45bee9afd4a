import { expect, test, vi } from 'vitest'
import { createFleet } from '../../../../web/state/fleet.ts'
import { createListing } from '../../../../web/state/listing.ts'
import { createMarket } from '../../../../web/state/market.ts'
import { createPrefs } from '../../../../web/state/prefs.ts'
import type { SymbolRow, SymbolsReply } from '../../../../wire/api.ts'
import type { Fix } from '../../../../wire/fleet.ts'

const [A, B] = ['other/0231301203310', 'other/0231301203311'] as const
const fix = (id: string, t: number): Fix => ({ id, n: t, t, lat: 30, lon: -97 })
const at = (t: number) => ({ steady: 0, now: t, serverNow: t })

test.each([[[A, B]], [[B, A]]])(
  'devices of an earlier moment take the place of later ones, whichever cell comes first',
  (order) => {
    const fleet = createFleet(() => {})
    fleet.watch([A, B])
    fleet.snapshot(A, { fixes: [fix('MOVED', 9_000), fix('GONE', 9_000)] }, at(9_000))
    fleet.update(B, { left: [{ id: 'LEFT', t: 8_000, n: 1, to: null }] }, at(9_000))
    fleet.rewind()
    // They are shown until their cells come.
    expect(fleet.devices.size).toBe(2)
    const then = { [A]: [fix('LEFT', 2_000)], [B]: [fix('MOVED', 3_000)] }
    for (const cell of order) fleet.snapshot(cell, { fixes: then[cell as typeof A] }, at(4_000))
    expect([...fleet.devices.values()].map(({ id, cell, fix: { t } }) => [id, cell, t]).toSorted()).toEqual([
      ['LEFT', A, 2_000],
      ['MOVED', B, 3_000],
    ])
    expect(fleet.devices.get('MOVED')?.clocks).toMatchObject({ fixed: 3_000, heard: 3_000 })
    fleet.update(A, { fixes: [fix('MOVED', 4_500)] }, at(4_500))
    expect(fleet.devices.get('MOVED')).toMatchObject({ cell: A, fix: { t: 4_500 } })
  },
)

test('a device of another moment that leaves its cell is gone', () => {
  const fleet = createFleet(() => {})
  fleet.watch([A])
  fleet.snapshot(A, { fixes: [fix('BUS', 9_000)] }, at(9_000))
  fleet.rewind()
  fleet.update(A, { left: [{ id: 'BUS', t: 3_000, n: 3_000, to: null }] }, at(3_000))
  expect(fleet.devices.size).toBe(0)
})

const row = (symbol: string, price: number, spark: number[]): SymbolRow => ({
  ...{ symbol, name: symbol, prev: null, day: null, quote: null, spark },
  last: { id: 1, t: price * 60_000, price, size: 1 },
})

test('prices of another moment stay until the list has come, and a list that was asked for before is not taken', async () => {
  vi.useFakeTimers()
  const answers: ((reply: SymbolsReply) => void)[] = []
  const load = () => new Promise<SymbolsReply>((resolve) => void answers.push(resolve))
  const market = createMarket(() => {})
  const kept = new Map<string, string>()
  const prefs = createPrefs({
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
  })
  const listing = createListing({ load, market, prefs, random: () => 0 })
  const stop = listing.start()
  const settle = async (i: number, rows: SymbolRow[]) => {
    answers[i]?.({ symbols: rows })
    await vi.advanceTimersByTimeAsync(0)
    market.flush()
  }
  const prices = () => ['X', 'NEW'].map((symbol) => market.entry(symbol).quoted.value.last)
  await settle(0, [row('X', 900, [899, 900]), row('NEW', 901, [])])
  market.snapshot('X', { last: row('X', 910, []).last, prev: null, day: null, quote: null, candle: null }, 5, 5)
  market.flush()
  listing.reload()
  market.rewind()
  listing.rewind()
  market.flush()
  expect(prices()).toEqual([910, 901])
  await settle(1, [row('X', 920, [])])
  expect(prices()).toEqual([910, 901])
  // Then, one of them was not there yet.
  await settle(2, [row('X', 100, [99, 100])])
  expect(prices()).toEqual([100, null])
  expect(market.entry('X').spark.map(({ price }) => price)).toEqual([99, 100])
  prefs.symbols.set(['NEW'])
  listing.recall()
  expect(listing.symbols.value).toEqual(['NEW'])
  stop()
  await vi.advanceTimersByTimeAsync(3_600_000)
  expect(answers).toHaveLength(3)
  vi.useRealTimers()
})
