import { type Moment, VOID } from '../../../formats/nmea/moments.ts'
import { nearest } from '../../../formats/times.ts'
import type { Backlog } from './backlog.ts'

/** The time as the sentence, or the TAG block before it, tells it alone; NaN where they do not tell the date. */
const ownTime = ({ clock, day, sentence }: Moment): number =>
  Number.isNaN(day) ? nearest(clock, sentence.taggedAt) : day + clock

/** Whether others can be dated by it. A receiver that had no position may have had no right date either. */
const isAnchor = (moment: Moment): boolean => moment.fault !== VOID && !Number.isNaN(ownTime(moment))

/** Gives moments their times, in order of the log. */
export type Dates = { take: (moment: Moment) => void; end: () => void }

/**
 * Those without a date are less than twelve hours from the one before, or, at the beginning, from the one after: they
 * wait in `backlog` for the first that has one. Where none has a date, the first one was on `date` (midnight; NaN:
 * nobody said).
 */
export const createDates = (date: number, backlog: Backlog<Moment>, give: (moment: Moment) => void): Dates => {
  /** What the next one is dated by; null: no date came yet. */
  let reference: number | null = null
  /** Of those that wait: the clock of the first, and how long after its midnight the last was. */
  let [firstClock, sinceFirst] = [Number.NaN, Number.NaN]
  const settle = (moment: Moment, before: number): number => {
    const own = ownTime(moment)
    moment.t = Number.isNaN(own) ? nearest(moment.clock, before) : own
    give(moment)
    return Number.isNaN(moment.t) || moment.fault === VOID ? before : moment.t
  }
  const wait = (moment: Moment) => {
    backlog.add(moment)
    if (Number.isNaN(moment.clock)) return
    if (Number.isNaN(firstClock)) [firstClock, sinceFirst] = [moment.clock, moment.clock]
    if (moment.fault !== VOID) sinceFirst = nearest(moment.clock, sinceFirst)
  }
  /** Dates all that wait; the first one was at `start`. */
  const release = (start: number): number => {
    let before = start
    for (const moment of backlog.take()) before = settle(moment, before)
    return before
  }
  const startBefore = (anchor: Moment): number => {
    const own = ownTime(anchor)
    return Number.isNaN(firstClock) ? own : firstClock + own - nearest(anchor.clock, sinceFirst)
  }
  return {
    take: (moment) => {
      if (reference === null && !isAnchor(moment)) return wait(moment)
      reference = settle(moment, reference ?? release(startBefore(moment)))
    },
    end: () => {
      if (reference === null) release(date + firstClock)
    },
  }
}
