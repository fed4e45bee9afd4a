import { effect } from '@preact/signals'
import { describe, expect, test } from 'vitest'
import { createChart } from '../../../web/state/chart.ts'
import type { ChartState } from '../../../web/state/chart-state.ts'
import type { CandlesReply } from '../../../wire/api.ts'
import { conflateMarket } from '../../../wire/conflate.ts'
import { MINUTE, type Trade } from '../../../wire/market.ts'
import type { Update } from '../../../wire/protocol.ts'
import { foldAll, trade } from './trades.ts'

const update = (seq: number, trades: Trade[], epoch = 'a'): Update => ({ topic: 's:X', epoch, seq, at: 0, trades })

/**
 * History that is answered when the test says so. `shown` is what a view has been told: a copy, made when it was told,
 * since a chart changes its candles in place. A frame comes only where it was asked for.
 */
const setUp = () => {
  const calls: {
    interval: string
    before: number | undefined
    answer: (reply: Partial<CandlesReply>) => void
    fail: () => void
  }[] = []
  const chart = createChart(
    (symbol, interval, before) =>
      new Promise((resolve, reject) => {
        const answer = (reply: Partial<CandlesReply>) =>
          resolve({ symbol, interval, cursor: { epoch: 'a', seq: 0 }, candles: [], ...reply })
        calls.push({ interval, before, answer, fail: () => reject(new Error('down')) })
      }),
    () => {
      woken = true
    },
  )
  let woken = false
  let told: ChartState | null = null
  effect(() => {
    told = structuredClone(chart.state.value)
  })
  const settled = () => new Promise((resolve) => setTimeout(resolve, 0))
  const shown = () => {
    if (woken) chart.flush()
    woken = false
    return told
  }
  return { chart, calls, settled, shown }
}

describe('a chart', () => {
  test('joins history and stream at the cursor: nothing twice, nothing lost', async () => {
    const { chart, calls, settled, shown } = setUp()
    const trades = [1, 2, 3, 4].map((i) => trade(i, i * 20_000))
    chart.open('X', '1m')
    for (const [i, one] of trades.entries()) chart.update('X', update(i + 1, [one]))
    calls[0]?.answer({ cursor: { epoch: 'a', seq: 2 }, candles: foldAll(trades.slice(0, 2), MINUTE) })
    await settled()
    expect(shown()?.phase).toBe('ready')
    expect(shown()?.candles).toEqual(foldAll(trades, MINUTE))
  })

  test('forms its newest bar live and corrects an older one', async () => {
    const { chart, calls, settled, shown } = setUp()
    chart.open('X', '1m')
    calls[0]?.answer({})
    await settled()
    chart.update('X', update(1, [trade(1, 10_000, 100)]))
    chart.update('X', update(2, [trade(3, MINUTE, 105)]))
    chart.update('X', update(3, [trade(2, 20_000, 110)]))
    expect(shown()?.candles.map(({ open, high, close, count }) => [open, high, close, count])).toEqual([
      [100, 110, 110, 2],
      [105, 105, 105, 1],
    ])
  })

  test('takes conflated updates as well as single ones, and reads again where it knows part of one', async () => {
    const { chart, calls, settled, shown } = setUp()
    const trades = [1, 2, 3, 4, 5, 6].map((i) => trade(i, i * 25_000))
    const conflated = (after: number, seq: number): Update => ({
      ...{ topic: 's:X', epoch: 'a', seq, after, at: 0 },
      ...conflateMarket(trades.slice(after, seq).map((one) => ({ trades: [one] }))),
    })
    chart.open('X', '1m')
    calls[0]?.answer({ cursor: { epoch: 'a', seq: 1 }, candles: foldAll(trades.slice(0, 1), MINUTE) })
    await settled()
    chart.update('X', conflated(1, 4))
    expect(shown()?.candles).toEqual(foldAll(trades.slice(0, 4), MINUTE))
    chart.reload()
    chart.update('X', conflated(4, 6))
    calls[1]?.answer({ cursor: { epoch: 'a', seq: 5 }, candles: foldAll(trades.slice(0, 5), MINUTE) })
    await settled()
    calls[2]?.answer({ cursor: { epoch: 'a', seq: 6 }, candles: foldAll(trades, MINUTE) })
    await settled()
    expect(calls).toHaveLength(3)
    expect(shown()?.candles).toEqual(foldAll(trades, MINUTE))
  })

  test('reads history again at a hole, at a new life of the counter, and when a snapshot is ahead of it', async () => {
    const { chart, calls, settled } = setUp()
    chart.open('X', '1m')
    calls[0]?.answer({ cursor: { epoch: 'a', seq: 5 } })
    await settled()
    chart.snapshot('X', { epoch: 'a', seq: 5 })
    expect(calls).toHaveLength(1)
    chart.update('X', update(8, []))
    calls[1]?.answer({ cursor: { epoch: 'a', seq: 8 } })
    await settled()
    chart.update('X', update(1, [], 'b'))
    calls[2]?.answer({ cursor: { epoch: 'b', seq: 1 } })
    await settled()
    chart.snapshot('X', { epoch: 'b', seq: 4 })
    expect(calls).toHaveLength(4)
  })

  test('ignores the history of a symbol that was left meanwhile', async () => {
    const { chart, calls, settled, shown } = setUp()
    chart.open('X', '1m')
    chart.open('Y', '5m')
    calls[0]?.answer({ candles: foldAll([trade(1, 0)], MINUTE) })
    await settled()
    expect(shown()).toMatchObject({ symbol: 'Y', phase: 'loading', candles: [] })
  })

  test("that was closed and opened on another symbol does not take the first one's history", async () => {
    const { chart, calls, settled, shown } = setUp()
    chart.open('X', '1m')
    chart.close()
    chart.open('Y', '1m')
    calls[0]?.answer({ candles: foldAll([trade(1, 0)], MINUTE) })
    await settled()
    expect(shown()).toMatchObject({ symbol: 'Y', phase: 'loading', candles: [] })
  })

  test('says that history failed, and reads it when told to', async () => {
    const { chart, calls, settled, shown } = setUp()
    chart.open('X', '1m')
    calls[0]?.fail()
    await settled()
    expect(shown()).toMatchObject({ phase: 'error', error: 'down' })
    chart.reload()
    expect(shown()?.phase).toBe('loading')
    calls[1]?.answer({})
    await settled()
    expect(shown()?.phase).toBe('ready')
  })

  test('keeps what it has where history cannot be read anew, and tries again by itself', async () => {
    const { chart, calls, settled, shown } = setUp()
    const candles = foldAll([trade(1, MINUTE)], MINUTE)
    chart.open('X', '1m')
    calls[0]?.answer({ candles })
    await settled()
    chart.snapshot('X', { epoch: 'b', seq: 1 })
    calls[1]?.fail()
    await settled()
    expect(shown()).toMatchObject({ phase: 'error', error: 'down', candles })
    for (let i = 0; i < 10; i++) chart.tick()
    expect(calls).toHaveLength(3)
    expect(shown()).toMatchObject({ phase: 'error', candles })
    calls[2]?.answer({ cursor: { epoch: 'b', seq: 1 }, candles })
    await settled()
    expect(shown()).toMatchObject({ phase: 'ready', error: null })
  })

  test('puts an older page before what it has', async () => {
    const { chart, calls, settled, shown } = setUp()
    const candles = foldAll(
      Array.from({ length: 500 }, (_, i) => trade(i + 1, (i + 500) * MINUTE)),
      MINUTE,
    )
    chart.open('X', '1m')
    calls[0]?.answer({ candles })
    await settled()
    const reading = chart.loadOlder()
    expect(calls[1]?.before).toBe(candles[0]?.t)
    calls[1]?.answer({ candles: foldAll([trade(9_000, 0)], MINUTE) })
    await reading
    expect(shown()?.candles).toHaveLength(501)
    expect(shown()?.older).toBe(false)
  })

  test('counts a late trade once that came between the reading of two pages', async () => {
    const newer = Array.from({ length: 500 }, (_, i) => trade(i + 1, (i + 500) * MINUTE))
    const older = Array.from({ length: 500 }, (_, i) => trade(i + 1_001, i * MINUTE))
    const late = [trade(2_001, 7 * MINUTE + 1), trade(2_002, 8 * MINUTE + 1), trade(2_003, 9 * MINUTE + 1)]
    for (const conflated of [false, true]) {
      const { chart, calls, settled, shown } = setUp()
      chart.open('X', '1m')
      calls[0]?.answer({ cursor: { epoch: 'a', seq: 10 }, candles: foldAll(newer, MINUTE) })
      await settled()
      const reading = chart.loadOlder()
      // The older page is as of 12: it has the first two of the late ones, which the stream brings only now.
      calls[1]?.answer({ cursor: { epoch: 'a', seq: 12 }, candles: foldAll([...older, ...late.slice(0, 2)], MINUTE) })
      await reading
      const stream = late.map((one, i) => update(11 + i, [one]))
      const first = { ...update(12, []), ...conflateMarket(stream.slice(0, 2)), trades: undefined, after: 10 }
      for (const one of conflated ? [first as unknown as Update, stream[2] as Update] : stream) chart.update('X', one)
      expect(shown()?.candles).toEqual(foldAll([...older, ...newer, ...late], MINUTE))
      expect(calls).toHaveLength(2)
    }
  })

  test('whose past is being written reads it again once a second, and says so, until a page is full', async () => {
    const { chart, calls, settled, shown } = setUp()
    const bars = (from: number) =>
      foldAll(
        Array.from({ length: 1_000 - from }, (_, i) => trade(i + 1, (from + i) * MINUTE)),
        MINUTE,
      )
    chart.open('X', '1m')
    calls[0]?.answer({ candles: bars(990) })
    await settled()
    chart.update('X', update(1, [trade(1_000, 990 * MINUTE)]))
    chart.tick()
    expect(shown()?.filling).toBe(false)
    for (const seq of [2, 3]) chart.update('X', update(seq, [trade(seq, (900 + seq) * MINUTE)]))
    expect(calls).toHaveLength(1)
    chart.tick()
    expect(calls).toHaveLength(2)
    expect(shown()).toMatchObject({ phase: 'ready', filling: true })
    calls[1]?.answer({ cursor: { epoch: 'a', seq: 3 }, candles: bars(500) })
    await settled()
    expect(shown()?.candles).toHaveLength(500)
    chart.update('X', update(4, [trade(4, 400 * MINUTE)]))
    chart.tick()
    expect(calls).toHaveLength(2)
    expect(shown()).toMatchObject({ filling: false, older: true })
  })
})
