import type { ReadonlySignal } from '@preact/signals'
import type { CompleteReply } from '../../../wire/past.ts'
import { completeInWords } from '../../state/past/words.ts'
import { formatWhen } from '../../state/when.ts'
import { useFloor } from '../shared/floor-context.ts'
import { usePopover } from '../shared/use-popover.ts'

const Gaps = ({ gaps }: Pick<CompleteReply, 'gaps'>) => {
  const { now } = useFloor()
  return (
    <ul class="gaps" aria-label="Gaps">
      {gaps.map(({ from, to, why }) => (
        <li key={`${from} ${to}`}>
          <time dateTime={new Date(from).toISOString()}>
            {formatWhen(from, now())} – {formatWhen(to, now())}
          </time>
          <span>{why}</span>
        </li>
      ))}
    </ul>
  )
}

/** Since when the archive has all of a symbol or a device, and where something may be missing. */
export const Completeness = ({ complete }: { complete: ReadonlySignal<CompleteReply | null> }) => {
  const { now } = useFloor()
  const { open, root, toggle } = usePopover()
  const reply = complete.value
  if (reply === null) return null
  const words = completeInWords(reply, now())
  if (reply.gaps.length === 0)
    return (
      <p class="complete" data-gaps="0">
        {words}
      </p>
    )
  return (
    <div class="complete" ref={root} data-gaps={reply.gaps.length} onPointerDown={(event) => event.stopPropagation()}>
      <button type="button" class="complete-open" aria-expanded={open.value} onClick={toggle}>
        {words}
      </button>
      {open.value && <Gaps gaps={reply.gaps} />}
    </div>
  )
}
