import fc from 'fast-check'
import { expect, it } from 'vitest'
import { applyMarket } from '../../../../wire/candles.ts'
import type { SymbolSnapshot, Trade } from '../../../../wire/market.ts'
import { openClock, stateAt } from './clock-stage.ts'
import type { Rows } from './memory.ts'

const START = Date.UTC(2026, 10, 29, 23, 50)
const TOPIC = 's:ACME'

/** Twenty minutes around midnight, and single trades some hours and days before. */
const t = fc.oneof(
  { weight: 9, arbitrary: fc.tuple(fc.integer({ min: 0, max: 20 }), fc.constantFrom(0, 1, 30_000, 59_999)) },
  fc.tuple(fc.constantFrom(-4000, -1500, -1439, -120, -61), fc.constant(0)),
)
const trades = fc
  .uniqueArray(
    fc.record({
      id: fc.integer({ min: 1, max: 9 }),
      t: t.map(([minute, ms]) => START + minute * 60_000 + ms),
      price: fc.integer({ min: 1, max: 1000 }),
      size: fc.integer({ min: 1, max: 100 }),
    }),
    { selector: (trade) => `${trade.t} ${trade.id}`, maxLength: 40 },
  )
  .map((all): Trade[] => all)
/** A clock that begins anywhere, and goes on in steps of any length. */
const begin = fc.integer({ min: -10_000, max: 20 * 60_000 })
const steps = fc.array(fc.integer({ min: 1, max: 400_000 }), { minLength: 1, maxLength: 8 })

const play = async (rows: Rows, from: number, by: readonly number[]) => {
  const clock = openClock(rows, from)
  await clock.watch(TOPIC)
  let state = await clock.state<SymbolSnapshot>(TOPIC)
  let to = from
  for (const step of by) {
    to += step
    await clock.source.advance(to, to + 100_000)
    for (const update of clock.told.splice(0)) if (state !== null) state = applyMarket(state, update)
    if (clock.anew.splice(0).length > 0) state = await clock.state<SymbolSnapshot>(TOPIC)
  }
  expect(clock.strange).toEqual([])
  expect(clock.source.told()).toBe(to)
  return { state, to }
}

const sound = (isKept: (trade: Trade) => boolean) =>
  fc.assert(
    fc.asyncProperty(trades, begin, steps, async (all, offset, by) => {
      const rows = { trades: { ACME: all }, isKept: (_symbol: string, trade: Trade) => isKept(trade) }
      const { state, to } = await play(rows, START + offset, by)
      expect(state).toEqual(await stateAt(rows, to, TOPIC))
    }),
    { numRuns: 150 },
  )

it('tells trades as they were made: a state and all that follows it is the state then', () => sound(() => true))
it('tells whole minutes where trades are not kept', () => sound(() => false))
it('reads the state again where only some trades of a minute are kept', () => sound(({ id }) => id < 5))

it('has in a state all that happened before it, and nothing that happened then', async () => {
  const all = [0, 1, 2].map((i) => ({ id: i + 1, t: START + i, price: 10 + i, size: 1 }))
  const rows = { trades: { ACME: all }, isKept: () => true }
  expect(await stateAt(rows, START + 2, TOPIC)).toMatchObject({
    last: { id: 2 },
    day: { count: 2, close: 11 },
    prev: null,
  })
  // What the minute knows of its last trade, once it is whole.
  const whole = { trades: { ACME: all } }
  expect(await stateAt(whole, START + 59_999, TOPIC)).toMatchObject({ last: null, day: null })
  expect(await stateAt(whole, START + 60_000, TOPIC)).toMatchObject({
    last: { id: 3, t: START + 2, price: 12, size: 0 },
    candle: { t: START, count: 3 },
  })
})

it('knows no symbol that was never archived, and one that is archived later', async () => {
  const rows = { trades: { ACME: [{ id: 1, t: START, price: 1, size: 1 }] } }
  expect(await stateAt(rows, START, 's:OTHER')).toBeNull()
  expect(await stateAt(rows, START, TOPIC)).toEqual({ last: null, quote: null, day: null, prev: null, candle: null })
})
