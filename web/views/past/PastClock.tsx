import { useEffect } from 'preact/hooks'
import { clockText, dayText, minuteText, momentText } from '../../state/past/moment.ts'
import { useFloor } from '../shared/floor-context.ts'
import { ClockIcon } from '../shared/icons.tsx'
import { usePopover } from '../shared/use-popover.ts'
import { ClockPanel } from './ClockPanel.tsx'
import { usePastKeys } from './use-past-keys.ts'
import { useSecond } from './use-second.ts'

/** How far the archive goes is asked so often, in milliseconds: while somebody chooses a moment, and else. */
const AGAIN_OPEN = 5_000
const AGAIN = 60_000

const LiveFace = () => {
  const { now } = useFloor()
  const second = useSecond(now)
  return (
    <>
      <span class="unseen">Now it is </span>
      <span class="clock-time">{minuteText(second.value)}</span>
    </>
  )
}

const PastFace = ({ at }: { at: number }) => (
  <span class="clock-time">
    <span class="clock-date">{dayText(at)} </span>
    {clockText(at)}
  </span>
)

/** The time that the floor shows: now, or a moment of the past. A click leads to another one. */
export const PastClock = () => {
  const floor = useFloor()
  const { past, archive } = floor
  const { open, root, toggle } = usePopover()
  usePastKeys(floor, toggle)
  useEffect(() => {
    archive.ask()
    const timer = setInterval(archive.ask, open.value ? AGAIN_OPEN : AGAIN)
    return () => clearInterval(timer)
  }, [archive, open.value])
  const title = past === null ? 'Live. Go back to a moment (t)' : `The past: ${momentText(past.moment.value)} (t)`
  return (
    <div class="clock" ref={root}>
      <button
        type="button"
        data-clock={past === null ? 'live' : 'past'}
        title={title}
        aria-expanded={open.value}
        aria-keyshortcuts="t"
        onClick={toggle}
      >
        <ClockIcon />
        {past === null ? <LiveFace /> : <PastFace at={past.moment.value} />}
      </button>
      {open.value && (
        <ClockPanel
          onDone={() => {
            open.value = false
          }}
        />
      )}
    </div>
  )
}
