import { signal } from '@preact/signals'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createArchived } from '../../../../web/state/past/archived.ts'
import { createCompleteness } from '../../../../web/state/past/completeness.ts'
import type { PastReply, SlicesReply } from '../../../../wire/past.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const UP: PastReply = { archive: 'up', from: 1, edge: 2 }

test('of what is asked of the archive the last counts, and nothing is known where it cannot be asked', async () => {
  const slices: ((reply: SlicesReply) => void)[] = []
  const spans = [async () => UP, () => Promise.reject(new Error('away'))]
  const archived = createArchived({
    past: () => spans.shift()?.() ?? Promise.resolve(UP),
    slices: () => new Promise((resolve) => void slices.push(resolve)),
  })
  archived.ask()
  archived.look(0, 10)
  archived.look(10, 20)
  slices[1]?.({ market: [10], fleet: [] })
  slices[0]?.({ market: [0], fleet: [] })
  await vi.advanceTimersByTimeAsync(0)
  expect([archived.span.value, archived.slices.value]).toEqual([UP, { market: [10], fleet: [] }])
  archived.ask()
  await vi.advanceTimersByTimeAsync(0)
  expect(archived.span.value).toBeNull()
})

test('how complete something is, is told as long as it is shown and there is an archive', async () => {
  const asked: string[] = []
  const span = signal<PastReply | null>(null)
  const symbol = signal<string | null>('X')
  const complete = createCompleteness({
    load: async (what, id) => {
      asked.push(`${what} ${id}`)
      if (asked.length === 2) throw new Error('away')
      return { from: asked.length, gaps: [] }
    },
    ...{ span, symbol, device: signal(null) },
  })
  const stop = complete.start()
  expect(asked).toEqual([])
  span.value = UP
  await vi.advanceTimersByTimeAsync(0)
  expect([asked, complete.chart.value, complete.device.value]).toEqual([['symbols X'], { from: 1, gaps: [] }, null])
  span.value = { ...UP, edge: 3 }
  await vi.advanceTimersByTimeAsync(60_000)
  expect([asked.length, complete.chart.value]).toEqual([2, { from: 1, gaps: [] }])
  symbol.value = 'Y'
  expect(complete.chart.value).toBeNull()
  await vi.advanceTimersByTimeAsync(0)
  expect([asked.at(-1), complete.chart.value]).toEqual(['symbols Y', { from: 3, gaps: [] }])
  stop()
  expect(vi.getTimerCount()).toBe(0)
})
