import type { ReadonlySignal } from '@preact/signals'
import { formatSpeed } from '../../state/format.ts'
import { clockText } from '../../state/past/moment.ts'
import { formatWhen } from '../../state/when.ts'
import { useReaches } from '../past/use-going.ts'
import { useFloor } from '../shared/floor-context.ts'
import { besidePointer } from './Tip.tsx'
import type { TrackPoint } from './track-point.ts'

type Props = {
  passed: ReadonlySignal<TrackPoint | null>
  chosen: ReadonlySignal<object | null>
  size: () => { x: number; y: number }
}

/** When the selected device was at the point of its track that the pointer is over, until one is chosen. */
export const TrackTip = ({ passed, chosen, size }: Props) => {
  const { selection, now } = useFloor()
  const reaches = useReaches()
  const point = passed.value
  if (point === null || chosen.value !== null) return null
  const { fix } = point
  const late = selection.selected.value?.late.has(fix.n) === true
  return (
    <div class="tip" data-track={fix.n} style={{ transform: besidePointer(point, size()) }}>
      <b title={formatWhen(fix.t, now())}>{clockText(fix.t)}</b>{' '}
      <span class="tip-more">
        {fix.speed !== undefined && `${formatSpeed(fix.speed)} · `}
        {late && 'came late · '}
        {reaches(fix.t) ? 'click to go there' : formatWhen(fix.t, now())}
      </span>
    </div>
  )
}
