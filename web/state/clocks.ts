import type { DeviceRow } from '../../wire/api.ts'
import type { Fix, Life } from '../../wire/fleet.ts'
import { type Clocks, type Status, statusOf } from '../../wire/status.ts'
import { everyOfTrack } from './every.ts'
import { formatAgo } from './format.ts'
import type { Selected } from './selection.ts'
import type { Times } from './times.ts'

// The two clocks of a device, from each place where one is shown. What they come to, `statusOf` alone decides.

/** When something was that another clock stamped, on this browser's clock: never later than now. */
export const onOurClock = (t: number, { now, serverNow }: Pick<Times, 'now' | 'serverNow'>): number =>
  now - Math.max(0, serverNow - t)

/** The later one of two times; null where there is none. */
export const laterOf = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.max(a, b)

/** Whether it said, by a fix or by a sign of life, that it stopped. */
const isParked = (last: Fix | null, life: Life | null): boolean => life?.parked === true || last?.parked === true

/** Of the selected device. `offset`: how far this browser's clock is ahead of the server's. */
export const clocksOfSelected = ({ last, life, cameAt, heardAt, track }: Selected, offset: number): Clocks => {
  const made = last === null ? null : last.t + offset
  return {
    fixed: made === null ? null : Math.min(made, cameAt ?? made),
    heard: laterOf(heardAt, life === null ? null : life.heard + offset),
    every: life?.every ?? everyOfTrack(track),
    parked: isParked(last, life),
  }
}

/** How far the selected device can be believed at `now`. */
export const statusOfSelected = (selected: Selected | null, offset: number, now: number): Status =>
  selected === null ? 'offline' : statusOf(clocksOfSelected(selected, offset), now)

/** Of a row that was read at `times`. */
export const clocksOfRow = ({ last, heard, life }: DeviceRow, times: Pick<Times, 'now' | 'serverNow'>): Clocks => ({
  fixed: last && onOurClock(last.t, times),
  heard: heard === null ? null : onOurClock(heard, times),
  every: life?.every ?? null,
  parked: isParked(last, life ?? null),
})

/** The same fix is told of at two places within this many milliseconds of our clock. */
const SAME_FIX = 2000

/**
 * What is known from two places: whichever is newer. `near` is told of every fix, `far` was read some time ago, and
 * knows of signs of life besides.
 */
export const newestOf = (near: Clocks, far: Clocks): Clocks => {
  const movedSince = (near.fixed ?? 0) - (far.fixed ?? 0) > SAME_FIX
  return {
    fixed: laterOf(near.fixed, far.fixed),
    heard: laterOf(near.heard, far.heard),
    every: near.every ?? far.every,
    parked: near.parked || (far.parked && !movedSince),
  }
}

const STATUS_NAMES: Readonly<Record<Status, string>> = {
  live: 'Live',
  late: 'Late',
  stale: 'Stale',
  offline: 'Offline',
  parked: 'Parked',
}

/** What a status is called. On a floor of the past nothing may say *Live*: a device that reported then is no live one. */
export const statusName = (status: Status, past: boolean): string =>
  past && status === 'live' ? 'Reporting' : STATUS_NAMES[status]

/** Seconds between reports as a person says them: `10 s`, `5 min`, `2 h`. */
export const formatEvery = (seconds: number): string => {
  if (seconds < 120) return `${Math.max(1, Math.round(seconds))} s`
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`
}

/** Both clocks in plain words: `Position from 20 s ago · heard 3 s ago · reports every 10 s`. */
export const clocksInWords = ({ fixed, heard, every }: Clocks, now: number): string => {
  const ago = (t: number): string => formatAgo(Math.max(0, now - t))
  return [
    fixed === null ? 'No position yet' : `Position from ${ago(fixed)}`,
    heard === null ? 'never heard' : `heard ${ago(heard)}`,
    ...(every === null ? [] : [`reports every ${formatEvery(every)}`]),
  ].join(' · ')
}

/** What a status means, for whoever asks. */
export const MEANINGS: Readonly<Record<Status, string>> = {
  live: 'Its position is as new as it may be',
  late: 'A report or two are missing',
  stale: 'Its position is old: it may be somewhere else by now',
  offline: 'Nothing was heard of it for long',
  parked: 'It said that it stopped, and is silent since',
}
