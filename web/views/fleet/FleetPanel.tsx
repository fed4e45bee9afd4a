import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { CELL_ZOOM } from '../../../wire/cells.ts'
import { GoThere } from '../past/GoThere.tsx'
import { useFloor } from '../shared/floor-context.ts'
import { DeviceCommands } from './commands/DeviceCommands.tsx'
import { PickedBar } from './commands/PickedBar.tsx'
import { SideDesk } from './commands/SideDesk.tsx'
import { SpotBar } from './commands/SpotBar.tsx'
import { usePicking } from './commands/use-picking.tsx'
import { DevicePanel } from './DevicePanel.tsx'
import { Hint } from './Hint.tsx'
import { DeviceList } from './list/DeviceList.tsx'
import { MapTools } from './MapTools.tsx'
import { MapTop } from './MapTop.tsx'
import { NearbyList } from './NearbyList.tsx'
import { COLOUR_KEY } from './palette.ts'
import { ManageDevice } from './setup/ManageDevice.tsx'
import { Tip } from './Tip.tsx'
import { TrackTip } from './TrackTip.tsx'
import { useFleetMap } from './use-fleet-map.ts'

const Statuses = () => (
  <ul class="statuses" aria-label="Colour key">
    {COLOUR_KEY.map(({ name, token, shape }) => (
      <li key={name}>
        <i data-shape={shape} style={{ color: `var(--${token})` }} />
        {name}
      </li>
    ))}
  </ul>
)

/** A floor that is narrower than this, in pixels, shows its map or its list; the style sheet says the same. */
const BESIDE = 880

/** Whether the list of devices is open, as this browser remembers, and whether it covers the map. */
const useListOpen = () => {
  const { prefs, narrow } = useFloor()
  const root = useRef<HTMLElement>(null)
  const open = useSignal(prefs.deviceList.get() === true && !narrow.peek())
  const show = (next: boolean): void => {
    open.value = next
    prefs.deviceList.set(next)
  }
  return { root, open: open.value, show, covers: (): boolean => (root.current?.clientWidth ?? 0) < BESIDE }
}

type GroundProps = { shade: string; list: ReturnType<typeof useListOpen>; onManage: (id: string) => void }

/** The map, with everything that lies over it. */
const Ground = ({ shade, list, onManage }: GroundProps) => {
  const floor = useFloor()
  const { element, mounted, choices, going } = useFleetMap(floor, shade)
  const { colouring, showCells, following, hovered, passed, view } = choices
  const map = () => mounted.current?.map
  const size = () => map()?.getSize() ?? { x: 0, y: 0 }
  const commanded = floor.commands !== null

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
    <div
      class="ground"
      inert={list.open && floor.narrow.value}
      data-choosing={floor.commands?.spotting.spotting.value ? '' : undefined}
    >
      <div
        class="map"
        ref={element}
        role="application"
        aria-label="Map of devices. Use the arrow keys to move, plus and minus to zoom."
      />
      <Tip hovered={hovered} size={size} />
      <TrackTip passed={passed} chosen={going.chosen} size={size} />
      <GoThere chosen={going.chosen} />
      <MapTop colouring={colouring} list={list} onChoose={choose} />
      {colouring.value === 'status' && <Statuses />}
      <Hint onZoomIn={() => map()?.setZoom(CELL_ZOOM - 2)} />
      <MapTools map={map} showCells={showCells} />
      <DevicePanel
        following={following}
        shade={shade}
        onClose={() => floor.go({ device: null })}
        onRetry={() => floor.selection.retry(floor.link.clock.serverTime(floor.now()))}
        onCentre={centre}
        onManage={onManage}
      >
        {commanded && <DeviceCommands />}
      </DevicePanel>
      {commanded && <SideDesk />}
      {commanded && <SpotBar />}
      <NearbyList view={view.value} onChoose={choose} />
    </div>
  )
}

/** The map of the fleet, and the list of its devices beside it. */
export const FleetPanel = ({ shade }: { shade: string }) => {
  const { go, aims, commands } = useFloor()
  const list = useListOpen()
  const managed = useSignal<string | null>(null)
  const changes = useSignal(0)
  const picking = usePicking()
  const manage = (id: string | null): void => {
    managed.value = id
  }
  const choose = (id: string) => {
    go({ device: id })
    aims.map.value = { device: id }
    if (list.covers()) list.show(false)
  }
  return (
    <section class="fleet" aria-label="Fleet" ref={list.root}>
      <div class="fleet-parts" data-list={list.open ? '' : undefined}>
        <Ground shade={shade} list={list} onManage={manage} />
        {list.open && (
          <DeviceList
            onClose={() => list.show(false)}
            onChoose={choose}
            onManage={manage}
            changes={changes.value}
            picking={picking}
          >
            {commands !== null && (
              <PickedBar
                onAsk={() => {
                  if (list.covers()) list.show(false)
                }}
              />
            )}
          </DeviceList>
        )}
      </div>
      {managed.value !== null && (
        <ManageDevice
          key={managed.value}
          id={managed.value}
          onClose={() => manage(null)}
          onShow={choose}
          onChanged={() => {
            changes.value++
          }}
        />
      )}
    </section>
  )
}
