import { signal } from '@preact/signals'
import { expect, test } from 'vitest'
import { edges, firstWindow, panWindow, type Window } from '../../../web/state/bars.ts'
import type { ChartState } from '../../../web/state/chart-state.ts'
import { createPlotter } from '../../../web/views/chart/plotter.ts'
import { foldTrade } from '../../../wire/candles.ts'
import { type Candle, MINUTE } from '../../../wire/market.ts'

const candle = (i: number): Candle => foldTrade(null, { id: i, t: i * MINUTE, price: 1, size: 1 }, MINUTE)

const setUp = () => {
  const candles = Array.from({ length: 300 }, (_, i) => candle(i))
  let state: ChartState = {
    symbol: 'X',
    interval: '1m',
    phase: 'ready',
    error: null,
    candles,
    older: false,
    changed: new Set(),
    filling: false,
    version: 1,
  }
  const window = signal<Window>({ count: 50, back: 0 })
  const drawn: Window[] = []
  const intervals: number[] = []
  const plotter = createPlotter({
    candles: { draw: (_, seen, interval) => void [drawn.push(seen), intervals.push(interval)] },
    state: () => state,
    window,
    width: () => 700,
  })
  const change = (part: Partial<ChartState>) => {
    state = { ...state, ...part, version: state.version + 1 }
  }
  return { plotter, window, drawn, intervals, candles, change }
}

test('a plot begins at the newest bars and is drawn once while nothing changes', () => {
  const { plotter, drawn } = setUp()
  for (const steady of [0, 16, 32]) expect(plotter.draw(steady)).toBe(false)
  expect(drawn).toEqual([firstWindow(700)])
})

test('trades are drawn a few times a second, what a person does in the next frame', () => {
  const { plotter, window, drawn, change } = setUp()
  plotter.draw(0)
  change({})
  expect(plotter.draw(16)).toBe(true)
  expect(drawn).toHaveLength(1)
  expect(plotter.draw(100)).toBe(false)
  window.value = panWindow(window.value, 10, 300)
  plotter.draw(116)
  plotter.invalidate()
  plotter.draw(132)
  expect(drawn).toHaveLength(4)
})

test('one who looks at the past keeps seeing the same bars when a new one comes', () => {
  const { plotter, window, candles, change } = setUp()
  plotter.draw(0)
  window.value = panWindow(window.value, 100, 300)
  plotter.draw(16)
  const before = edges(window.value, 300)
  candles.push(candle(300))
  change({})
  plotter.draw(200)
  expect(edges(window.value, 301)).toEqual(before)
})

test('another symbol begins at its newest bars', () => {
  const { plotter, window, intervals, change } = setUp()
  plotter.draw(0)
  window.value = panWindow(window.value, 100, 300)
  change({ symbol: 'Y', interval: '1h' })
  plotter.draw(16)
  expect(window.value).toEqual(firstWindow(700))
  expect(intervals).toEqual([MINUTE, 60 * MINUTE])
})

test('few bars are drawn wider, until there are more or somebody has moved them', () => {
  const { plotter, window, candles, change } = setUp()
  const few = candles.splice(10)
  plotter.draw(0)
  expect(window.value).toEqual(firstWindow(700, 10))
  expect(window.value.count).toBeLessThan(firstWindow(700).count)
  candles.unshift(...few.splice(0, 200))
  change({})
  plotter.draw(100)
  expect(window.value).toEqual(firstWindow(700))
  window.value = panWindow(window.value, 5, 210)
  const moved = window.value
  candles.splice(20)
  change({})
  plotter.draw(200)
  expect(window.value).toBe(moved)
})
