import { CELL_ZOOM } from '../../../wire/cells.ts'
import { useFloor } from '../shared/floor-context.ts'
import { Segments } from '../shared/Segments.tsx'
import { DevicePanel } from './DevicePanel.tsx'
import { DeviceSearch } from './DeviceSearch.tsx'
import { GroupSwitches } from './GroupSwitches.tsx'
import { Hint } from './Hint.tsx'
import { MapTools } from './MapTools.tsx'
import { NearbyList } from './NearbyList.tsx'
import { STATUS_COLOURS } from './palette.ts'
import { Tip } from './Tip.tsx'
import { type MapChoices, useFleetMap } from './use-fleet-map.ts'

const Statuses = () => (
  <ul class="statuses" aria-label="Colour key">
    {Object.entries(STATUS_COLOURS).map(([status, name]) => (
      <li key={status}>
        <i style={{ background: `var(--${name})` }} />
        {status}
      </li>
    ))}
  </ul>
)

const Tally = () => {
  const { fleet, view } = useFloor()
  const count = fleet.count.value
  return (
    <span class="chip" role="status" title={`In the ${view.value.cells.length} cells of this view`}>
      <b data-tally="devices">{count.toLocaleString('en-US')}</b> {count === 1 ? 'device' : 'devices'}
    </span>
  )
}

const Colouring = ({ colouring }: Pick<MapChoices, 'colouring'>) => {
  const { prefs } = useFloor()
  return (
    <Segments
      label="Colour devices by"
      value={colouring.value}
      options={[
        { value: 'route', label: 'Route', title: 'Colour devices by route' },
        { value: 'status', label: 'Status', title: 'Colour devices by status: moving, slow, stopped or silent' },
      ]}
      onChoose={(next) => {
        colouring.value = next
        prefs.colouring.set(next)
      }}
    />
  )
}

/** The map of the fleet, with everything that lies over it. */
export const FleetPanel = ({ shade }: { shade: string }) => {
  const floor = useFloor()
  const { element, mounted, choices } = useFleetMap(floor, shade)
  const { colouring, showCells, following, hovered, view } = choices
  const map = () => mounted.current?.map

  const choose = (id: string) => {
    const fix = floor.fleet.devices.get(id)?.fix
    floor.go({ device: id })
    if (fix) map()?.panTo([fix.lat, fix.lon])
  }
  const centre = () => {
    const last = floor.selection.selected.value?.last
    if (last) map()?.setView([last.lat, last.lon], Math.max(map()?.getZoom() ?? 0, 14))
  }
  return (
    <section class="fleet" aria-label="Fleet">
      <div
        class="map"
        ref={element}
        role="application"
        aria-label="Map of devices. Use the arrow keys to move, plus and minus to zoom."
      />
      <Tip hovered={hovered} size={() => map()?.getSize() ?? { x: 0, y: 0 }} />
      <div class="map-top">
        <DeviceSearch onChoose={choose} />
        <span class="spring" />
        <GroupSwitches />
        <Colouring colouring={colouring} />
        <Tally />
      </div>
      {colouring.value === 'status' && <Statuses />}
      <Hint onZoomIn={() => map()?.setZoom(CELL_ZOOM - 2)} />
      <MapTools map={map} showCells={showCells} />
      <DevicePanel
        following={following}
        onClose={() => floor.go({ device: null })}
        onRetry={() => floor.selection.retry(floor.link.clock.serverTime(floor.now()))}
        onCentre={centre}
      />
      <NearbyList view={view.value} onChoose={choose} />
    </section>
  )
}
