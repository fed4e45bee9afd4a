import { expect, test } from 'vitest'
import { createChart } from '../../../web/state/chart.ts'
import type { CandlesReply } from '../../../wire/api.ts'
import { MINUTE } from '../../../wire/market.ts'
import type { Cursor, Update } from '../../../wire/protocol.ts'
import { foldAll, trade } from './trades.ts'

const at = (seq: number): Cursor => ({ epoch: 'a', seq })
const TRADES = [1, 2, 3, 4].map((i) => trade(i, i * 30_000))

const setUp = () => {
  const answers: ((seq: number) => Promise<void>)[] = []
  const chart = createChart(
    (symbol, interval) =>
      new Promise<CandlesReply>((resolve) => {
        answers.push(async (seq) => {
          resolve({ symbol, interval, cursor: at(seq), candles: foldAll(TRADES.slice(0, seq), MINUTE) })
          await new Promise((settled) => setTimeout(settled, 0))
        })
      }),
    () => {},
  )
  const update = (seq: number) =>
    chart.update('X', { topic: 's:X', ...at(seq), at: 0, trades: [TRADES[seq - 1]] } as Update)
  const candles = () => {
    chart.flush()
    return chart.state.value?.candles
  }
  return { chart, answers, update, candles }
}

test('history that was asked for before a sleep, and comes after it, is read again where the stream is further', async () => {
  const { chart, answers, update, candles } = setUp()
  chart.open('X', '1m')
  // It woke: the state came anew, while the reading of before was still under way. Nothing else is traded.
  chart.snapshot('X', at(3))
  await answers[0]?.(1)
  expect(answers).toHaveLength(2)
  await answers[1]?.(3)
  expect(candles()).toEqual(foldAll(TRADES.slice(0, 3), MINUTE))
  update(4)
  expect(candles()).toEqual(foldAll(TRADES, MINUTE))
  expect(answers).toHaveLength(2)
})

test('and not where it has all of that', async () => {
  const { chart, answers, update, candles } = setUp()
  chart.open('X', '1m')
  chart.snapshot('X', at(3))
  update(4)
  await answers[0]?.(3)
  expect(candles()).toEqual(foldAll(TRADES, MINUTE))
  expect(answers).toHaveLength(1)
})
