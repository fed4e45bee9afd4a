import type { Bounds } from '../../../../wire/cells.ts'
import { whyNotThere } from '../../../state/doubt.ts'
import { isSilent } from '../../../state/fleet.ts'
import { formatAgo, formatHeading, formatSpeed } from '../../../state/format.ts'
import { NOT_SEEN } from '../../../state/refusal.ts'
import { useFloor } from '../../shared/floor-context.ts'
import { useSharedMap } from './use-shared-map.ts'

/** A device moves where it goes faster than this, in metres a second. */
const MOVING = 0.7

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
  const age = now() - link.clock.offset() - last.t
  const silent = isSilent(device, now())
  const { speed, heading } = last
  const goes = speed === undefined ? null : speed < MOVING ? 'Standing' : formatSpeed(speed)
  return (
    <section class="where" aria-label={id} data-device={id} data-lat={last.lat} data-lon={last.lon}>
      <p class={silent ? 'age grave' : 'age'}>
        <span class="soft">Seen here</span> <b data-field="age">{formatAgo(Math.max(0, age))}</b>
      </p>
      {goes !== null && (
        <p>
          <span class="soft">Speed</span> <b data-field="speed">{goes}</b>
        </p>
      )}
      {heading !== undefined && speed !== undefined && speed >= MOVING && (
        <p>
          <span class="soft">Heading</span> <b>{formatHeading(heading)}</b>
        </p>
      )}
      {silent && <p class="note">It has not reported for a while: it may be somewhere else by now.</p>}
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
