import type { Signal } from '@preact/signals'
import { dayText, minuteText } from '../../state/past/moment.ts'
import { useFloor } from '../shared/floor-context.ts'
import { ClockIcon } from '../shared/icons.tsx'
import type { Clicked } from './use-going.ts'

/** Goes to the moment of what was clicked. */
export const GoThere = ({ chosen }: { chosen: Signal<Clicked | null> }) => {
  const { goTo } = useFloor()
  const clicked = chosen.value
  if (clicked === null) return null
  const { t, x, y } = clicked
  return (
    <button
      type="button"
      class="button go-there"
      style={{ left: `max(84px, ${x}px)`, ...(y === undefined ? { bottom: '30px' } : { top: `${y + 14}px` }) }}
      title="Go to this moment (Alt and click)"
      data-go={t}
      onClick={() => {
        chosen.value = null
        goTo(t)
      }}
    >
      <ClockIcon />
      Go to {dayText(t)} {minuteText(t)}
    </button>
  )
}
