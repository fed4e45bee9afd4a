import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createFlusher, type Sender } from '../../../server/live/flusher.ts'
import { nothingSent } from '../../../server/live/sent.ts'
import { noFaults } from '../../support/faults.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

type Paced = { share: number; minMs: number; maxMs: number }

/**
 * A flusher with one sender, whose every flush takes `took` ms and sends what has come for it, so many updates a
 * millisecond, as one frame.
 */
const setUp = (pacing: Paced, took: number | ((flush: number) => number), perMs = 1) => {
  let worked = 0
  const now = (): number => Date.now() + worked
  const began: number[] = [now()]
  const sent = nothingSent()
  const flusher = createFlusher({ ...pacing, sent, faults: noFaults }, now)
  let stalled = false
  const sender: Sender = {
    marked: false,
    flush: () => {
      sent.frames++
      sent.deliveries += (now() - (began.at(-1) ?? 0)) * perMs
      began.push(now())
      worked += typeof took === 'number' ? took : took(began.length)
      return stalled
    },
  }
  return {
    flusher,
    sender,
    stall: (does: boolean) => {
      stalled = does
    },
    /**
     * Marks it without end; the times from the beginning of one flush to that of the next, once it has found its pace.
     */
    apart: (flushes = 3): number[] => {
      while (now() - (began[0] ?? 0) < 3000) {
        flusher.mark(sender)
        vi.advanceTimersToNextTimer()
      }
      const last = began.slice(-flushes - 1)
      return last.slice(1).map((at, i) => at - (last[i] ?? 0))
    },
    flushes: () => began.length - 1,
  }
}

describe('a flusher', () => {
  it('flushes at once when idle, and once however often it was marked', () => {
    const { flusher, sender, flushes } = setUp({ share: 3, minMs: 0, maxMs: 25 }, 0)
    flusher.mark(sender)
    flusher.mark(sender)
    expect(flushes()).toBe(0)
    vi.advanceTimersByTime(1)
    expect(flushes()).toBe(1)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('waits longer the more there is to send, and no longer than it may', () => {
    // Each update as a frame of its own would take a tenth of the time, half of it, and more than all of it.
    expect(setUp({ share: 5, minMs: 0, maxMs: 12 }, 2, 0.05).apart()).toEqual([3, 3, 3])
    expect(setUp({ share: 4, minMs: 0, maxMs: 12 }, 2, 0.25).apart()).toEqual([6, 6, 6])
    expect(setUp({ share: 4, minMs: 0, maxMs: 12 }, 2, 5).apart()).toEqual([10, 10, 10])
    expect(setUp({ share: 5, minMs: 0, maxMs: 12 }, 4, 5).apart()).toEqual([16, 16, 16])
  })

  it('does not wait for one flush that was held up', () => {
    const long = setUp({ share: 4, minMs: 0, maxMs: 100 }, (flush) => (flush === 500 ? 50 : 2), 0.1)
    // 4 x 50 ms x a tenth would be 20 more.
    expect(Math.max(...long.apart(1000))).toBeLessThan(56)
  })

  it('begins flushes no sooner after another than it is told, however long they take', () => {
    expect(setUp({ share: 0, minMs: 50, maxMs: 12 }, 2).apart()).toEqual([50, 50, 50])
    expect(setUp({ share: 0, minMs: 50, maxMs: 12 }, 20).apart()).toEqual([50, 50, 50])
    expect(setUp({ share: 0, minMs: 50, maxMs: 12 }, 60).apart()).toEqual([60, 60, 60])
  })

  it('tries a sender again that could not send, and asks nothing of the machine while there is none', () => {
    const { flusher, sender, stall, flushes } = setUp({ share: 0, minMs: 0, maxMs: 1 }, 0)
    stall(true)
    flusher.mark(sender)
    vi.advanceTimersByTime(1000)
    expect(flushes()).toBeGreaterThan(4)
    stall(false)
    vi.advanceTimersByTime(200)
    const before = flushes()
    vi.advanceTimersByTime(10_000)
    expect(flushes()).toBe(before)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('flushes no more once it is closed', () => {
    const { flusher, sender, stall, flushes } = setUp({ share: 0, minMs: 0, maxMs: 1 }, 0)
    stall(true)
    flusher.mark(sender)
    vi.advanceTimersByTime(1)
    flusher.close()
    flusher.mark(sender)
    vi.advanceTimersByTime(10_000)
    expect(flushes()).toBe(1)
  })
})
