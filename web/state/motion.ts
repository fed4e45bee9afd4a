import { clamp } from '../../wire/clamp.ts'
import type { Fix } from '../../wire/fleet.ts'
import { bearing, distance, type Point, project } from './mercator.ts'

/**
 * How a device is drawn between two fixes: from where it was seen to where it is, over the time it usually takes until
 * the next fix, and never beyond the fix. Times in milliseconds of the browser's own steady clock.
 */
export type Motion = {
  from: Point
  to: Point
  start: number
  duration: number
  /** Usual time between this device's fixes as they arrive here. */
  every: number
  heading: number | null
  fromHeading: number | null
}

const LEAST = 200
/** Longer than this no device glides: a bus heard every two minutes would be drawn far behind the truth. */
const LONGEST = 8_000
/** A jump that no device drives: shown at once. */
const JUMP_METRES = 5_000
/** Movement below this is the receiver's noise, and tells no heading. */
const NOISE_METRES = 4

const mix = (a: number, b: number, share: number): number => a + (b - a) * share
const turn = (from: number, to: number, share: number): number =>
  from + (((((to - from) % 360) + 540) % 360) - 180) * share

/** The share of the way that is done at `now`, 0 to 1. */
const progress = ({ start, duration }: Motion, now: number): number =>
  duration === 0 ? 1 : clamp((now - start) / duration, 0, 1)

/** Where the device is drawn at `now`. */
export const placeAt = (motion: Motion, now: number): Point => {
  const share = progress(motion, now)
  if (share === 1) return motion.to
  return { x: mix(motion.from.x, motion.to.x, share), y: mix(motion.from.y, motion.to.y, share) }
}

/** Which way it is drawn at `now`: it has turned by the first fifth of the way. */
export const headingAt = (motion: Motion, now: number): number | null => {
  const { heading, fromHeading } = motion
  if (heading === null || fromHeading === null) return heading
  const share = Math.min(1, progress(motion, now) * 5)
  return share === 1 ? heading : turn(fromHeading, heading, share)
}

export const isMoving = (motion: Motion, now: number): boolean => now < motion.start + motion.duration

/** A device seen for the first time stands where its fix says. */
export const atRest = (fix: Fix, now: number): Motion => {
  const to = project(fix.lat, fix.lon)
  return { from: to, to, start: now, duration: 0, every: 2_000, heading: fix.heading ?? null, fromHeading: null }
}

const headingTo = (motion: Motion, before: Fix, fix: Fix): number | null => {
  if (fix.heading !== undefined) return fix.heading
  return distance(before, fix) > NOISE_METRES ? bearing(before, fix) : motion.heading
}

/** Sends a device on from where it is drawn at `now` to its new fix. */
export const moveTo = (motion: Motion, before: Fix, fix: Fix, now: number): Motion => {
  const every = clamp(
    motion.duration === 0 ? now - motion.start : mix(motion.every, now - motion.start, 0.4),
    LEAST,
    LONGEST,
  )
  const to = project(fix.lat, fix.lon)
  const here = placeAt(motion, now)
  // Across the antimeridian the short way leads out of the grid on one side and in on the other.
  const from = { x: here.x - Math.round(here.x - to.x), y: here.y }
  const jumps = distance(before, fix) > JUMP_METRES
  return {
    from: jumps ? to : from,
    to,
    start: now,
    duration: jumps || (from.x === to.x && from.y === to.y) ? 0 : every,
    every,
    heading: headingTo(motion, before, fix),
    fromHeading: headingAt(motion, now),
  }
}
