import { type Moment, VOID } from './moments.ts'

const DAY = 86_400_000

/** The time with this clock that is nearest to `reference`. */
const nearest = (clock: number, reference: number): number => clock + Math.round((reference - clock) / DAY) * DAY

/** The time as the sentence, or the TAG block before it, tells it alone; NaN where they do not tell the date. */
const ownTime = ({ clock, day, sentence }: Moment): number =>
  Number.isNaN(day) ? nearest(clock, sentence.taggedAt) : day + clock

/** Whether others can be dated by it. A receiver that had no position may have had no right date either. */
const isAnchor = (moment: Moment): boolean => moment.fault !== VOID && !Number.isNaN(ownTime(moment))

/** Sets the time of one moment. Answers what the next one is to be dated by. */
const settle = (moment: Moment, reference: number): number => {
  const own = ownTime(moment)
  moment.t = Number.isNaN(own) ? nearest(moment.clock, reference) : own
  return Number.isNaN(moment.t) || moment.fault === VOID ? reference : moment.t
}

/**
 * Sets the times of all, in order of the log: those without a date are less than twelve hours from the one before, or,
 * at the beginning, from the one after. Where none has a date, the first one was on `date` (midnight; NaN: nobody
 * said).
 */
export const dateAll = (moments: readonly Moment[], date: number): void => {
  const first = moments.find(isAnchor)
  const start = first ? moments.indexOf(first) : 0
  const clock = moments.find((moment) => !Number.isNaN(moment.clock))?.clock ?? Number.NaN
  const began = first ? ownTime(first) : date + clock
  let reference = began
  for (const moment of moments.slice(start)) reference = settle(moment, reference)
  reference = began
  for (const moment of moments.slice(0, start).reverse()) reference = settle(moment, reference)
}
