import type { CompleteReply } from '../../../wire/past.ts'
import { formatWhen } from '../when.ts'
import { momentText } from './moment.ts'
import type { PastPhase } from './past.ts'

/** What the clock has to say besides the moment. */
export const PHASES: Record<PastPhase, string> = {
  loading: 'Loading this moment…',
  ready: '',
  edge: 'As far as the archive goes',
  away: 'The archive can’t be asked now. Retrying automatically.',
}

/** `Complete from 09:30 · 0 gaps` */
export const completeInWords = ({ from, gaps }: CompleteReply, now: number): string =>
  from === null
    ? 'Not in the archive yet'
    : `Complete from ${formatWhen(from, now)} · ${gaps.length === 1 ? '1 gap' : `${gaps.length} gaps`}`

/** Why one cannot go to a moment; null where one can. `span`: from when there is anything, and up to when. */
export const whyNotTo = (at: number | null, span: { from: number; edge: number }): string | null => {
  if (at === null) return 'Type the time as 08:15 or 08:15:30.'
  if (at < span.from) return `The archive begins on ${momentText(span.from)}.`
  return at > span.edge ? `The archive goes up to ${momentText(span.edge)}.` : null
}
