import type { Bounds } from '../../../../wire/cells.ts'
import type { Status } from '../../../../wire/status.ts'
import { clocksOfSelected, statusOfSelected } from '../../../state/clocks.ts'
import { whyNotThere } from '../../../state/doubt.ts'
import { formatAgo, formatHeading, formatSpeed } from '../../../state/format.ts'
import { NOT_SEEN } from '../../../state/refusal.ts'
import { useFloor } from '../../shared/floor-context.ts'
import { useSharedMap } from './use-shared-map.ts'

/** A device moves where it goes faster than this, in metres a second. */
const MOVING = 0.7

/** How fast it goes: nothing is said of a speed that is old. */
const goesOf = (speed: number | undefined, status: Status): string | null => {
  if (status === 'parked') return 'Parked'
  if (speed === undefined || status === 'stale' || status === 'offline') return null
  return speed < MOVING ? 'Standing' : formatSpeed(speed)
}

/** What is to be said of a position that may not be where the device is now. */
const NOTES: Readonly<Partial<Record<Status, string>>> = {
  late: 'A report is missing: it may have moved since.',
  stale: 'It has not reported its position for a while: it may be somewhere else by now.',
  offline: 'Nothing was heard of it for a long time: it may be somewhere else by now.',
}

/** What is known of the device: how old its last fix is comes first, for all else is as old. */
const DeviceCard = ({ id }: { id: string }) => {
  const { selection, link, now } = useFloor()
  const device = selection.selected.value
  void link.silentFor.value
  const last = device?.last ?? null
  if (device?.phase === 'refused') return <p class="where grave">{NOT_SEEN}</p>
  if (device === null || last === null)
    return (
      <section class="where" aria-label={id}>
        <p class="soft">{device?.error ?? 'Asking where it is…'}</p>
      </section>
    )
  const offset = link.clock.offset()
  const age = now() - (clocksOfSelected(device, offset).fixed ?? now())
  const status = statusOfSelected(device, offset, now())
  const note = NOTES[status]
  const { speed, heading } = last
  const goes = goesOf(speed, status)
  return (
    <section
      class="where"
      aria-label={id}
      data-device={id}
      data-status={status}
      data-lat={last.lat}
      data-lon={last.lon}
    >
      <p class={note === undefined ? 'age' : 'age grave'}>
        <span class="soft">Seen here</span> <b data-field="age">{formatAgo(Math.max(0, age))}</b>
      </p>
      {goes !== null && (
        <p>
          <span class="soft">Speed</span> <b data-field="speed">{goes}</b>
        </p>
      )}
      {goes !== null && heading !== undefined && speed !== undefined && speed >= MOVING && (
        <p>
          <span class="soft">Heading</span> <b>{formatHeading(heading)}</b>
        </p>
      )}
      {note !== undefined && <p class="note">{note}</p>}
      {whyNotThere(device) !== null && <p class="note">{whyNotThere(device)}</p>}
    </section>
  )
}

const Tally = () => {
  const { fleet, view } = useFloor()
  const count = fleet.count.value
  const { error } = view.value
  return (
    <section class="where" aria-label="Devices">
      <p>
        {error ? (
          <span class="grave">{error.message}</span>
        ) : (
          <>
            <b data-tally="devices">{count}</b> {count === 1 ? 'device' : 'devices'} here
          </>
        )}
      </p>
    </section>
  )
}

type Props = { device: string | null; bounds: Bounds | null; shade: string }

/** The map of a share, with what it says in words. */
export const SharedMap = ({ device, bounds, shade }: Props) => {
  const floor = useFloor()
  const { element, following } = useSharedMap(floor, bounds, shade)
  return (
    <section class="fleet shared-map" aria-label="Map">
      <div
        class="map"
        ref={element}
        role="application"
        aria-label="Map. Use the arrow keys to move, plus and minus to zoom."
      />
      {device !== null && !following.value && bounds === null && (
        <button
          type="button"
          class="button back-to"
          onClick={() => {
            following.value = true
          }}
        >
          Back to {device}
        </button>
      )}
      {device === null ? <Tally /> : <DeviceCard id={device} />}
    </section>
  )
}
