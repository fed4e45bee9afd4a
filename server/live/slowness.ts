import { eventFrame, type Frame } from './frame.ts'

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
