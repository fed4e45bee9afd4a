import type { ComponentChildren } from 'preact'
import { useFloor } from '../shared/floor-context.ts'

const WIDE = 'This view is too wide to show every device.'
const WIDE_OR_MANY = `${WIDE} You can also switch off some groups.`

type Props = { kind: string; title: string; text: string; children?: ComponentChildren }

const Note = ({ kind, title, text, children }: Props) => (
  <div class="hint" role="status" data-hint={kind}>
    <strong>{title}</strong>
    <p>{text}</p>
    {children}
  </div>
)

const ASK = 'Whoever manages people here can change that.'

/** That a part of the map is not shown, for this person may not see it. */
const LeftOutNote = () => {
  const { cells, leftOut } = useFloor().view.value
  if (leftOut === undefined || (!leftOut.area && leftOut.groups.length === 0)) return null
  if (cells.length === 0) return <Note kind="left_out" title="You may not see the devices here" text={ASK} />
  const what = leftOut.area ? 'A part of this map is' : `Of this map, ${leftOut.groups.join(', ')} is`
  return (
    <p class="left-out" role="status" data-hint="left_out">
      {what} not shown: you may not see it.
    </p>
  )
}

/** Why the map shows no devices, and what to do about it. */
export const Hint = ({ onZoomIn }: { onZoomIn: () => void }) => {
  const { view, groups } = useFloor()
  const { error } = view.value
  const all = groups.all.value
  if (all.length > 0 && all.every(({ shown }) => !shown))
    return (
      <Note kind="no_groups" title="All groups are switched off" text="Switch on a group to see its devices.">
        <button type="button" class="button" onClick={groups.showAll}>
          Show all
        </button>
      </Note>
    )
  if (error === null) return <LeftOutNote />
  if (error.code === 'not_allowed') return <Note kind={error.code} title="You may not see this map" text={ASK} />
  if (error.code !== 'view_too_wide')
    return <Note kind={error.code} title="Can’t show this view" text={error.message} />
  return (
    <Note kind={error.code} title="Zoom in to see devices" text={all.length > 1 ? WIDE_OR_MANY : WIDE}>
      <button type="button" class="button" onClick={onZoomIn}>
        Zoom in
      </button>
    </Note>
  )
}
