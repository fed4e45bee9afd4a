import { CELL_ZOOM } from '../../../wire/cells.ts'
import { formatAgo, formatSpeed } from '../../state/format.ts'
import { FIRST_MAP } from '../../state/prefs.ts'
import { useFloor } from '../shared/floor-context.ts'
import { AddIcon, GridIcon, HomeIcon, MinusIcon } from '../shared/icons.tsx'
import { Segments } from '../shared/Segments.tsx'
import { DevicePanel } from './DevicePanel.tsx'
import { DeviceSearch } from './DeviceSearch.tsx'
import { NearbyList } from './NearbyList.tsx'
import { STATUS_COLOURS } from './palette.ts'
import { type MapChoices, useFleetMap } from './use-fleet-map.ts'

/** Beside the pointer, on the side where there is room. `size`: pixels of the map. */
const besidePointer = ({ x, y }: { x: number; y: number }, size: { x: number; y: number }): string =>
  `translate(${x}px, ${y}px) translate(${x > size.x / 2 ? 'calc(-100% - 16px)' : '16px'}, ${y > size.y / 2 ? '-100%' : '-14px'})`

type TipProps = Pick<MapChoices, 'hovered'> & { size: () => { x: number; y: number } }

const Tip = ({ hovered, size }: TipProps) => {
  const { fleet, now } = useFloor()
  const over = hovered.value
  const device = over && fleet.devices.get(over.id)
  if (!over || !device) return null
  const { fix, heardAt } = device
  return (
    <div class="tip" style={{ transform: besidePointer(over, size()) }}>
      <b>{fix.id}</b>{' '}
      <span class="tip-more">
        {fix.route !== undefined && `route ${fix.route} · `}
        {fix.speed !== undefined && `${formatSpeed(fix.speed)} · `}
        {formatAgo(now() - heardAt)}
      </span>
    </div>
  )
}

const Hint = ({ onZoomIn }: { onZoomIn: () => void }) => {
  const { view } = useFloor()
  const error = view.value.error
  if (error === null) return null
  if (error.code !== 'view_too_wide')
    return (
      <div class="hint" role="status">
        <strong>This view cannot be shown</strong>
        <p>{error.message}</p>
      </div>
    )
  return (
    <div class="hint" role="status" data-hint="view_too_wide">
      <strong>Zoom in to follow devices</strong>
      <p>This view is too wide to show every device.</p>
      <button type="button" class="button" onClick={onZoomIn}>
        Zoom in
      </button>
    </div>
  )
}

const Statuses = () => (
  <ul class="statuses" aria-label="What the colours mean">
    {Object.entries(STATUS_COLOURS).map(([status, name]) => (
      <li key={status}>
        <i style={{ background: `var(--${name})` }} />
        {status}
      </li>
    ))}
  </ul>
)

/** A switch for each group of devices, where there are several. What is off is not sent. */
const Groups = () => {
  const { groups, toggleGroup } = useFloor()
  const [there, off] = [groups.there.value, groups.off.value]
  if (there.length < 2) return null
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a row of buttons in every browser
    <div class="segments" role="group" aria-label="Groups on the map">
      {there.map((group) => (
        <button
          type="button"
          key={group}
          data-group={group}
          aria-pressed={!off.has(group)}
          onClick={() => toggleGroup(group)}
        >
          {group}
        </button>
      ))}
    </div>
  )
}

const Tally = () => {
  const { fleet, view } = useFloor()
  return (
    <span class="chip" role="status" title={`In the ${view.value.cells.length} cells that cover this view`}>
      <b data-tally="devices">{fleet.count.value.toLocaleString('en-US')}</b> devices
    </span>
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
        aria-label="Map of the fleet. Arrow keys move it, plus and minus zoom."
      />
      <Tip hovered={hovered} size={() => map()?.getSize() ?? { x: 0, y: 0 }} />
      <div class="map-top">
        <DeviceSearch onChoose={choose} />
        <span class="spring" />
        <Groups />
        <Segments
          label="Colour devices by"
          value={colouring.value}
          options={[
            { value: 'route', label: 'Route' },
            { value: 'status', label: 'Status', title: 'Moving, slow or standing' },
          ]}
          onChoose={(next) => {
            colouring.value = next
            floor.prefs.colouring.set(next)
          }}
        />
        <Tally />
      </div>
      {colouring.value === 'status' && <Statuses />}
      <Hint onZoomIn={() => map()?.setZoom(CELL_ZOOM - 2)} />
      <div class="map-tools">
        <button type="button" class="icon-button" aria-label="Zoom in" onClick={() => map()?.zoomIn()}>
          <AddIcon />
        </button>
        <button type="button" class="icon-button" aria-label="Zoom out" onClick={() => map()?.zoomOut()}>
          <MinusIcon />
        </button>
        <button
          type="button"
          class="icon-button"
          aria-label="Back to the whole network"
          onClick={() => map()?.setView([FIRST_MAP.lat, FIRST_MAP.lon], FIRST_MAP.zoom)}
        >
          <HomeIcon />
        </button>
        <button
          type="button"
          class="icon-button"
          aria-label="Show the watched cells"
          aria-pressed={showCells.value}
          onClick={() => {
            showCells.value = !showCells.value
          }}
        >
          <GridIcon />
        </button>
      </div>
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
