import { useFloor } from '../shared/floor-context.ts'
import { ListIcon } from '../shared/icons.tsx'
import { Segments } from '../shared/Segments.tsx'
import { OrdersButton } from './commands/OrdersButton.tsx'
import { DeviceSearch } from './DeviceSearch.tsx'
import { GroupSwitches } from './GroupSwitches.tsx'
import type { MapChoices } from './use-fleet-map.ts'

const Tally = () => {
  const { fleet, view } = useFloor()
  const count = fleet.count.value
  return (
    <span class="chip" role="status" title={`In the ${view.value.cells.length} cells of this view`}>
      <b data-tally="devices">{count.toLocaleString('en-US')}</b> {count === 1 ? 'device' : 'devices'}
    </span>
  )
}

const ListButton = ({ open, onToggle }: { open: boolean; onToggle: () => void }) => (
  <button
    type="button"
    class="chip list-button"
    aria-expanded={open}
    aria-label="List of devices"
    title="List of all devices"
    onClick={onToggle}
  >
    <ListIcon />
    <span>List</span>
  </button>
)

const Colouring = ({ colouring }: Pick<MapChoices, 'colouring'>) => {
  const { prefs } = useFloor()
  return (
    <Segments
      label="Colour devices by"
      value={colouring.value}
      options={[
        { value: 'route', label: 'Route', title: 'Colour devices by route' },
        { value: 'status', label: 'Status', title: 'Colour devices by how they move and report' },
      ]}
      onChoose={(next) => {
        colouring.value = next
        prefs.colouring.set(next)
      }}
    />
  )
}

type Props = Pick<MapChoices, 'colouring'> & {
  list: { open: boolean; show: (open: boolean) => void }
  onChoose: (id: string) => void
}

/** What stands over the top of the map. */
export const MapTop = ({ colouring, list, onChoose }: Props) => {
  const { commands } = useFloor()
  return (
    <div class="map-top">
      <DeviceSearch onChoose={onChoose} />
      <span class="spring" />
      {commands !== null && <OrdersButton />}
      <GroupSwitches />
      <Colouring colouring={colouring} />
      <Tally />
      <ListButton open={list.open} onToggle={() => list.show(!list.open)} />
    </div>
  )
}
