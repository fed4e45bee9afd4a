/**
 * How far what is shown of a device can be believed. `live`: its fix is as new as it may be. `late`: one or two reports
 * are missing. `stale`: the fix is old. `parked`: silent because it said that it stopped. `offline`: nothing at all was
 * heard for long.
 */
export const STATUSES = ['live', 'late', 'stale', 'offline', 'parked'] as const
export type Status = (typeof STATUSES)[number]

/**
 * What is known of a device's clocks, Unix milliseconds. `fixed`: when its newest fix was made; `heard`: when anything
 * last came from it; each null where there was none yet. `every`: its own interval in seconds, told or learnt.
 */
export type Clocks = { fixed: number | null; heard: number | null; every: number | null; parked: boolean }

/** Where no interval is known, in seconds. */
export const USUAL_EVERY = 30
/** A device that reports every second is late no sooner than this, in seconds, and stale no sooner than this. */
export const LEAST_LATE = 10
export const LEAST_STALE = 30
/** The same in intervals. */
export const LATE_AFTER = 2.5
export const STALE_AFTER = 6
/** Nothing heard for so long is offline: in seconds, and in intervals, whichever is longer. */
export const OFFLINE_AFTER_S = 900
export const OFFLINE_AFTER = 20
/** Who said that they stopped may be silent for so long, in seconds. */
export const PARKED_FOR_S = 24 * 3600

/** Seconds since a time; none since one that is to come. */
const since = (t: number, now: number): number => Math.max(0, (now - t) / 1000)

/** A fix came no later than its device was heard: a device whose clock is ahead is not live for longer by that. */
export const statusOf = ({ fixed, heard, every, parked }: Clocks, now: number): Status => {
  const interval = every ?? USUAL_EVERY
  const spoke = heard ?? fixed
  if (spoke === null) return 'offline'
  const silent = since(spoke, now)
  if (parked && silent <= PARKED_FOR_S) return 'parked'
  if (silent > Math.max(OFFLINE_AFTER_S, OFFLINE_AFTER * interval)) return 'offline'
  if (fixed === null) return 'stale'
  const age = since(Math.min(fixed, spoke), now)
  if (age > Math.max(LEAST_STALE, STALE_AFTER * interval)) return 'stale'
  return age > Math.max(LEAST_LATE, LATE_AFTER * interval) ? 'late' : 'live'
}
