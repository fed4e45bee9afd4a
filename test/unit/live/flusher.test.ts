import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createFlusher, type Sender } from '../../../server/live/flusher.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

/** A flusher with one sender, whose every flush takes `took` ms; when flushes began. */
const setUp = (pacing: { share: number; minMs: number; maxMs: number }, took: number) => {
  let worked = 0
  const now = (): number => Date.now() + worked
  const began: number[] = []
  const flusher = createFlusher(pacing, now)
  let stalled = false
  const sender: Sender = {
    marked: false,
    flush: () => {
      began.push(now())
      worked += took
      return stalled
    },
  }
  return {
    flusher,
    sender,
    stall: (does: boolean) => {
      stalled = does
    },
    /** Marks it without end and answers the times from the beginning of each flush to that of the next. */
    apart: (flushes: number): number[] => {
      while (began.length <= flushes) {
        flusher.mark(sender)
        vi.advanceTimersToNextTimer()
      }
      return began.slice(1).map((at, i) => at - (began[i] ?? 0))
    },
    flushes: () => began.length,
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

  it('waits as many times as long as flushes take, up to the share and the cap, and not for one long flush', () => {
    expect(setUp({ share: 3, minMs: 0, maxMs: 25 }, 2).apart(3)).toEqual([2, 6, 6])
    expect(setUp({ share: 3, minMs: 0, maxMs: 25 }, 5).apart(3)).toEqual([5, 20, 20])
    expect(setUp({ share: 3, minMs: 0, maxMs: 25 }, 40).apart(3)).toEqual([40, 65, 65])
  })

  it('begins flushes no sooner after another than it is told, however long they take', () => {
    expect(setUp({ share: 3, minMs: 50, maxMs: 50 }, 2).apart(3)).toEqual([50, 50, 50])
    expect(setUp({ share: 1, minMs: 50, maxMs: 50 }, 20).apart(3)).toEqual([50, 50, 50])
    expect(setUp({ share: 1, minMs: 50, maxMs: 50 }, 60).apart(3)).toEqual([60, 110, 110])
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
