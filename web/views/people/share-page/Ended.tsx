import { isPassing, particulars } from '../../../state/refusal.ts'
import type { Ending } from '../../../state/seat.ts'
import { formatWhen } from '../../../state/when.ts'
import { Gate } from '../Gate.tsx'

const told = (ending: Ending, now: number): { title: string; text: string } => {
  if (ending.why === 'forgotten')
    return { title: 'Open the link again', text: 'This page shows something only when it is opened by its whole link.' }
  if (ending.why === 'expired')
    return {
      title: 'This has ended',
      text: `The link worked until ${ending.until === null ? 'now' : formatWhen(ending.until, now)}.`,
    }
  if (ending.why === 'revoked')
    return {
      title: 'This has ended',
      text: 'It has arrived, or whoever shared it took the link back.',
    }
  if (isPassing(ending.error))
    return { title: 'This can’t be shown right now', text: `${ending.error.message} Open the link again in a moment.` }
  const text = particulars(ending.error) || 'It is incomplete, or not a link of this floor.'
  return { title: 'This link shows nothing', text }
}

/** That there is nothing to see any more, and why. Nothing of what was seen stays. */
export const Ended = ({ ending, now }: { ending: Ending; now: number }) => {
  const { title, text } = told(ending, now)
  return (
    <Gate data-ended={ending.why}>
      <h1>{title}</h1>
      <p role="alert">{text}</p>
    </Gate>
  )
}
