import { describe, expect, test } from 'vitest'
import { createGaps, gapMarks } from '../../../web/state/gaps.ts'
import { coarsen, foldTrade } from '../../../wire/candles.ts'
import { type Candle, INTERVALS, type Interval, MINUTE } from '../../../wire/market.ts'

const HOUR = 60 * MINUTE
const NIGHT = Date.parse('2026-03-04T02:00Z')

/** Candles of trades at these times. */
const candlesOf = (times: readonly number[], interval: Interval): Candle[] =>
  coarsen(
    times.map((t, i) => foldTrade(null, { id: i + 1, t, price: 1, size: 1 }, MINUTE)),
    INTERVALS[interval],
  )
const every = (step: number, from: number, to: number): number[] =>
  Array.from({ length: Math.ceil((to - from) / step) }, (_, i) => from + i * step)
const gapsOf = (candles: readonly Candle[], interval: Interval) =>
  createGaps()(candles, INTERVALS[interval], 0, candles.length)

describe('a gap in time', () => {
  test('is seen where a floor stood still for two hours, or for two intervals where these are longer', () => {
    for (const interval of Object.keys(INTERVALS) as Interval[]) {
      const still = Math.max(2 * HOUR, 2 * INTERVALS[interval]) + 7 * MINUTE
      const again = NIGHT + 126 * MINUTE + still
      const times = [...every(20_000, NIGHT, NIGHT + 126 * MINUTE), ...every(20_000, again, again + 147 * MINUTE)]
      const candles = candlesOf(times, interval)
      const gaps = gapsOf(candles, interval)
      expect(gaps).toHaveLength(1)
      expect(candles[gaps[0]?.index ?? 0]?.first[0]).toBe(again)
      expect(gaps[0]?.span).toBe(still + 20_000)
    }
  })

  test('is seen between the only two bars, and at the second bar of three', () => {
    expect(gapsOf(candlesOf([0, 2 * HOUR], '1m'), '1m')).toHaveLength(1)
    expect(gapsOf(candlesOf([0, MINUTE, 2 * HOUR], '1m'), '1m').map(({ index }) => index)).toEqual([2])
    expect(gapsOf(candlesOf([0], '1m'), '1m')).toEqual([])
  })

  test('is not what is usual: quiet minutes of a symbol that trades seldom, the night of a share by the hour', () => {
    let t = NIGHT
    const seldom = Array.from({ length: 300 }, (_, i) => (t += (1 + ((i * 7) % 11)) * MINUTE))
    expect(gapsOf(candlesOf(seldom, '1m'), '1m')).toEqual([])
    const days = [0, 1, 2, 3, 4, 7, 8].flatMap((day) =>
      every(MINUTE, day * 24 * HOUR + 14.5 * HOUR, day * 24 * HOUR + 21 * HOUR),
    )
    expect(gapsOf(candlesOf(days, '1h'), '1h').map(({ span }) => Math.round(span / HOUR))).toEqual([66])
    expect(gapsOf(candlesOf(days, '5m'), '5m')).toHaveLength(6)
  })

  test('is not where no bar is missing', () => {
    const times = [...every(MINUTE, 0, HOUR + 6 * MINUTE), ...every(MINUTE, 3 * HOUR - 5 * MINUTE, 4 * HOUR)]
    expect(gapsOf(candlesOf(times, '1h'), '1h')).toEqual([])
    expect(gapsOf(candlesOf(times, '5m'), '5m')).toHaveLength(1)
  })

  test('is found again when bars are added, and only among those seen', () => {
    const find = createGaps()
    const candles = candlesOf(every(MINUTE, 0, 10 * MINUTE), '1m')
    expect(find(candles, MINUTE, 0, 99)).toEqual([])
    candles.push(...candlesOf(every(MINUTE, HOUR, HOUR + 9 * MINUTE), '1m'))
    expect(find(candles, MINUTE, 0, 99).map(({ index }) => index)).toEqual([10])
    expect(find(candles, MINUTE, 11, 99)).toEqual([])
    expect(find(candles, MINUTE, 0, 9)).toEqual([])
  })
})

test('gaps are drawn between their bars; their labels do not touch, nor the edge, and the longest have theirs first', () => {
  const strip = { left: -0.5, right: 99.5, width: 1_000, widthOf: (label: string) => 8 * label.length }
  const marks = gapMarks(
    [
      { index: 1, span: HOUR },
      { index: 50, span: 2 * HOUR },
      { index: 53, span: 3 * HOUR },
      { index: 80, span: HOUR },
    ],
    strip,
  )
  expect(marks).toEqual([
    { x: 10, label: null },
    { x: 500, label: null },
    { x: 530, label: '3 h' },
    { x: 800, label: '1 h' },
  ])
})
