import { type Status, statusOf } from '../../../../wire/status.ts'
import { clocksInWords, clocksOfSelected, MEANINGS, statusName } from '../../../state/clocks.ts'
import type { Selected } from '../../../state/selection.ts'
import { useFloor } from '../../shared/floor-context.ts'

/** The sign of a status: it differs by its shape, too. */
export const StatusMark = ({ status }: { status: Status }) => (
  <i class="status-mark" data-status={status} aria-hidden="true" />
)

/** How far the device can be believed, and both of its clocks in words. */
export const Standing = ({ device }: { device: Selected }) => {
  const { link, now, past } = useFloor()
  const clocks = clocksOfSelected(device, link.clock.offset())
  const status = statusOf(clocks, now())
  return (
    <p class="standing" data-status={status} title={MEANINGS[status]}>
      <StatusMark status={status} />
      <b>{statusName(status, past !== null)}</b>
      <span data-field="clocks">{clocksInWords(clocks, now())}</span>
    </p>
  )
}
