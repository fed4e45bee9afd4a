import { endOfDay } from './when.ts'

/** How long something holds, as one chooses it. `until`: Unix milliseconds, for what begins at `now`. */
export type Span = { name: string; until: (now: number) => number }

const HOUR = 3_600_000
const DAY = 24 * HOUR

const lasting = (name: string, ms: number): Span => ({ name, until: (now) => now + ms })

export const INVITATION_SPANS: readonly Span[] = [
  lasting('1 day', DAY),
  lasting('7 days', 7 * DAY),
  lasting('30 days', 30 * DAY),
  lasting('90 days', 90 * DAY),
  lasting('1 year', 365 * DAY),
]
/** Which of them is chosen at first. */
export const USUAL_INVITATION = 2

export const SHARE_SPANS: readonly Span[] = [
  lasting('1 hour', HOUR),
  lasting('4 hours', 4 * HOUR),
  { name: 'Today', until: endOfDay },
  lasting('1 day', DAY),
  lasting('7 days', 7 * DAY),
]
export const USUAL_SHARE = 1
