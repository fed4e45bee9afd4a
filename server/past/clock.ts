import type { PastClock } from '../../wire/past.ts'

/** What a clock is asked to be; what is left out stays. */
export type Move = { [Field in keyof PastClock]?: PastClock[Field] | undefined }

/** A clock that is at the edge stands still. */
const stopped = (clock: PastClock, edge: number): PastClock =>
  clock.at >= edge && clock.speed > 0 ? { ...clock, speed: 0 } : clock

/** Where a clock stands once so many milliseconds went by, if nothing holds it up: never after `edge`. */
export const stepped = ({ at, speed }: PastClock, elapsedMs: number, edge: number): PastClock => {
  const to = at + elapsedMs * speed
  return stopped({ at: Math.max(at, Math.min(to, edge)), speed }, edge)
}

/** The clock as it was asked to be. */
export const asked = (clock: PastClock, { at = clock.at, speed = clock.speed }: Move, edge: number): PastClock =>
  stopped({ at: Math.min(at, edge), speed }, edge)

/** All that happened up to a moment, it included, happened before this one (whole milliseconds). */
export const boundOf = (at: number): number => Math.floor(at) + 1
