import { useComputed } from '@preact/signals'
import { statusOf } from '../../../wire/status.ts'
import { nearestDevices } from '../../state/nearby.ts'
import type { MapView } from '../../state/prefs.ts'
import { useFloor } from '../shared/floor-context.ts'
import { describeDevice } from './describe.ts'

const MOST = 20

/** The map in words, for those who do not see it: the devices nearest to its middle, brought up to date each second. */
export const NearbyList = ({ view, onChoose }: { view: MapView; onChoose: (id: string) => void }) => {
  const { fleet, link, now } = useFloor()
  const near = useComputed(() => {
    void link.silentFor.value
    return nearestDevices(fleet.devices.values(), view, MOST)
  })
  return (
    <section class="unseen" aria-label="Devices near the middle of the map">
      <ul>
        {near.value.map(({ id, fix, clocks }) => (
          <li key={id} data-nearby={id} data-lat={fix.lat} data-lon={fix.lon} data-status={statusOf(clocks, now())}>
            <button type="button" tabIndex={-1} onClick={() => onChoose(id)}>
              {describeDevice({ fix, clocks }, now())}
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
