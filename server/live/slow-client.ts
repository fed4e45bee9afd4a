import { eventFrame, type Frame } from './frame.ts'
import type { FrameWriter } from './frame-writer.ts'

// What becomes of a client that takes less than it is sent. The outbox asks here: one that fell behind is slowed down,
// one that takes nothing at all is dropped.

/** A client that fell behind: it gets so many frames a second, since a moment (Unix ms). */
export type Slowness = { rate: number; since: number }

const RATE = 2
const LEAST_RATE = 0.25
const CALM_MS = 30_000

/** It fell behind, perhaps again: half the rate each time. */
export const slower = (before: Slowness | null, now: number): Slowness => ({
  rate: before ? Math.max(before.rate / 2, LEAST_RATE) : RATE,
  since: now,
})

/** Whether it has kept up for long enough to be sent everything again. */
export const keptUp = ({ since }: Slowness, now: number): boolean => now - since > CALM_MS

/** Tells the client. */
export const slownessFrame = (slowness: Slowness | null): Frame =>
  eventFrame('notice', { kind: 'slowed', rate: slowness?.rate ?? null })

/** Tells a client that takes nothing from one that takes little, from the moment that it is over its backlog. */
export type Stall = {
  /** Whether it has taken nothing at all for too long: it is to be dropped. */
  lasts: () => boolean
}

/** `limitMs`: how long is too long. */
export const createStall = (writer: FrameWriter, limitMs: number, now: () => number): Stall => {
  let since = now()
  let lastLeft = writer.left()
  return {
    lasts: () => {
      const left = writer.left()
      if (left < lastLeft) since = now()
      lastLeft = left
      return now() - since > limitMs
    },
  }
}
