import { firstFixOf } from '../../../state/first-fix.ts'
import { formatAgo } from '../../../state/format.ts'
import { useFloor } from '../../shared/floor-context.ts'

type Props = {
  id: string
  /** When its key was made, Unix milliseconds. */
  since: number
  onShow: () => void
}

/** Whether the device has reported yet, live. It must be the selected one. */
export const FirstFix = ({ id, since, onShow }: Props) => {
  const { selection, link, now } = useFloor()
  void link.silentFor.value
  const first = firstFixOf(selection.selected.value, id, since, link.clock.offset())
  const ago = (t: number): string => formatAgo(Math.max(0, now() - t))
  return (
    <div class="first-fix" data-first={first.at} role="status">
      <span class="lamp" aria-hidden="true" />
      {first.at === 'waiting' && <p>Waiting for its first report…</p>}
      {first.at === 'heard' && <p>Heard {ago(first.heard)}, without a position so far. Waiting for the first fix…</p>}
      {first.at === 'fixed' && (
        <>
          <p>
            <b>First fix received</b>, from {ago(first.fixed)}, at {first.lat.toFixed(5)}, {first.lon.toFixed(5)}
          </p>
          <button type="button" class="button" onClick={onShow}>
            Show on the map
          </button>
        </>
      )}
    </div>
  )
}
