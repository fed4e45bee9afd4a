import { effect } from '@preact/signals'
import { expect, test } from 'vitest'
import { createChart } from '../../../../web/state/chart.ts'
import type { ChartState } from '../../../../web/state/chart-state.ts'
import { after } from '../../../../web/state/past/after.ts'
import type { CandlesReply } from '../../../../wire/api.ts'
import { conflateMarket } from '../../../../wire/conflate.ts'
import { MINUTE, type Trade } from '../../../../wire/market.ts'
import type { Update } from '../../../../wire/protocol.ts'
import { foldAll, trade } from '../trades.ts'

const TRADES = Array.from({ length: 12 }, (_, i) => trade(i + 1, (i + 1) * 20_000))
const upTo = (t: number) => TRADES.filter((one) => one.t <= t)
const told = (seq: number, trades: Trade[], at: number): Update => ({ topic: 's:X', epoch: 'past-1', seq, at, trades })

/** A chart at a moment, whose history is answered when the test says so, of the moment that was asked for. */
const setUp = () => {
  let moment = 100_000
  const calls: { at: number | undefined; answer: (more?: Partial<CandlesReply>) => Promise<void>; fail: () => void }[] =
    []
  let shown: ChartState | null = null
  const chart = createChart(
    (symbol, interval, _before, at) =>
      new Promise((resolve, reject) => {
        const answer = async (more: Partial<CandlesReply> = {}) => {
          const candles = foldAll(upTo(at ?? 0), MINUTE)
          resolve({ symbol, interval, cursor: { epoch: 'r', seq: 77 }, candles, ...more })
          await new Promise((settled) => setTimeout(settled, 0))
        }
        calls.push({ at, answer, fail: () => reject(new Error('away')) })
      }),
    () => {},
    () => moment,
  )
  effect(() => {
    shown = structuredClone(chart.state.value)
  })
  const candles = () => {
    chart.flush()
    return shown?.candles
  }
  const to = (t: number): void => {
    moment = t
  }
  return { chart, calls, candles, shown: () => shown, to }
}

test('history and stream of the past join by time: nothing twice, nothing lost, nothing of after the moment', async () => {
  const { chart, calls, candles } = setUp()
  chart.open('X', '1m')
  expect(calls[0]?.at).toBe(100_000)
  // The stream is behind history, and says again what is there already.
  chart.update('X', told(7, TRADES.slice(3, 6), 120_000))
  await calls[0]?.answer()
  expect(candles()).toEqual(foldAll(upTo(120_000), MINUTE))
  chart.update('X', told(8, TRADES.slice(6, 8), 160_000))
  expect(candles()).toEqual(foldAll(upTo(160_000), MINUTE))
  // One that is missing is missing in the past as well.
  chart.update('X', told(10, TRADES.slice(9), 240_000))
  expect(calls).toHaveLength(2)
})

test('a candle of trades of which some are known already has history read anew', async () => {
  const { chart, calls, candles, to } = setUp()
  to(90_000)
  chart.open('X', '1m')
  await calls[0]?.answer()
  const part = conflateMarket([{ trades: TRADES.slice(3, 6) }])
  to(130_000)
  chart.update('X', { topic: 's:X', epoch: 'past-1', seq: 4, at: 120_000, ...part })
  expect(calls.map(({ at }) => at)).toEqual([90_000, 120_000])
  await calls[1]?.answer()
  expect(candles()).toEqual(foldAll(upTo(120_000), MINUTE))
  const whole = conflateMarket([{ trades: TRADES.slice(6, 9) }])
  chart.update('X', { topic: 's:X', epoch: 'past-1', seq: 6, after: 4, at: 180_000, ...whole })
  expect(candles()).toEqual(foldAll(upTo(180_000), MINUTE))
})

test('a stream that begins later than history was read leads to a reading, one that stands still does not', async () => {
  const { chart, calls, candles, to } = setUp()
  chart.open('X', '1m')
  chart.snapshot('X', { epoch: 'past-1', seq: 3 })
  expect(calls).toHaveLength(1)
  to(140_000)
  chart.snapshot('X', { epoch: 'past-2', seq: 1 })
  expect(calls[1]?.at).toBe(140_000)
  await calls[0]?.answer()
  expect(candles()).toEqual([])
  await calls[1]?.answer()
  expect(candles()).toEqual(foldAll(upTo(140_000), MINUTE))
})

test('a chart of another moment is shown until that is read, and goes where it cannot be', async () => {
  const { chart, calls, candles, shown, to } = setUp()
  chart.open('X', '1m')
  await calls[0]?.answer({ changed: [60_000] })
  expect(shown()?.changed).toEqual(new Set([60_000]))
  to(60_000)
  chart.rewind()
  expect(candles()).toEqual(foldAll(upTo(100_000), MINUTE))
  await calls[1]?.answer()
  expect(candles()).toEqual(foldAll(upTo(60_000), MINUTE))
  expect(shown()?.changed.size).toBe(0)
  to(10)
  chart.rewind()
  calls[2]?.fail()
  await new Promise((settled) => setTimeout(settled, 0))
  expect([candles(), shown()?.phase]).toEqual([[], 'error'])
})

test('of a minute that is told once it ended nothing is known before, of others what was traded', () => {
  const [minute] = foldAll(TRADES.slice(2, 5), MINUTE)
  if (minute === undefined) throw new Error('There must be a minute.')
  const trades = { candles: [minute] }
  expect(after(trades, minute.first[0] - 1)).toEqual(trades)
  expect(after(trades, minute.last[0])).toEqual({ candles: [] })
  expect(after(trades, minute.first[0])).toBeNull()
  const whole = { ...trades, last: { id: 1, t: minute.last[0], price: 1, size: 0 } }
  for (const t of [minute.t, minute.first[0], minute.last[0], minute.t + MINUTE - 1])
    expect(after(whole, t)).toEqual(whole)
  expect(after(whole, minute.t + MINUTE)?.candles).toEqual([])
  expect(after({ trades: TRADES, quote: { t: 1, bid: 1, ask: 2 } as never }, 100_000)?.trades).toEqual(TRADES.slice(5))
})
