/**
 * How far what is shown of a device can be believed. `live`: its fix is as new as it may be. `late`: one or two reports
 * are missing. `stale`: the fix is old. `parked`: silent because it said that it stopped. `offline`: nothing at all was
 * heard for long.
 */
export type Status = 'live' | 'late' | 'stale' | 'offline' | 'parked'

/** What is known of a device's clocks, Unix milliseconds. `every`: its own interval in seconds, told or learnt. */
export type Clocks = { fixed: number | null; heard: number | null; every: number | null; parked: boolean }

/** Where no interval is known, in seconds. */
const USUAL_EVERY = 30
/** A device that reports every second is late no sooner than this, in seconds. */
const LEAST_LATE = 10
const LATE_AFTER = 2.5
const STALE_AFTER = 6
/** Nothing heard for so long is offline: in seconds, and in intervals, whichever is longer. */
const OFFLINE_AFTER_S = 900
const OFFLINE_AFTER = 20
/** Who said that they stopped may be silent for so long, in seconds. */
const PARKED_FOR_S = 24 * 3600

export const statusOf = ({ fixed, heard, every, parked }: Clocks, now: number): Status => {
  const interval = every ?? USUAL_EVERY
  const silent = (now - (heard ?? fixed ?? 0)) / 1000
  if (parked && silent <= PARKED_FOR_S) return 'parked'
  if (silent > Math.max(OFFLINE_AFTER_S, OFFLINE_AFTER * interval)) return 'offline'
  if (fixed === null) return 'stale'
  const age = (now - fixed) / 1000
  if (age > Math.max(3 * LEAST_LATE, STALE_AFTER * interval)) return 'stale'
  return age > Math.max(LEAST_LATE, LATE_AFTER * interval) ? 'late' : 'live'
}
