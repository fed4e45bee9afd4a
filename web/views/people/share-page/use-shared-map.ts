import { effect, type Signal, useSignal } from '@preact/signals'
import { type Map as LeafletMap, latLngBounds } from 'leaflet'
import { useEffect, useRef } from 'preact/hooks'
import type { Bounds } from '../../../../wire/cells.ts'
import type { Floor } from '../../../floor.ts'
import { middleOf } from '../../../state/area.ts'
import { statusOfSelected } from '../../../state/clocks.ts'
import { createLone, type Lone } from '../../../state/lone.ts'
import { FIRST_MAP } from '../../../state/prefs.ts'
import { type FleetMap, mountFleetMap } from '../../fleet/fleet-map.ts'

/** How near a shared device is looked at, as a zoom of the map. */
const NEAR_ZOOM = 15

const cornersOf = ({ west, south, east, north }: Bounds) => latLngBounds([south, west], [north, east])

/** Shows these bounds, and keeps to them: there is nothing to see around them. */
const keepTo = (map: LeafletMap, bounds: Bounds): void => {
  const corners = cornersOf(bounds)
  map.fitBounds(corners, { animate: false })
  map.setMaxBounds(corners.pad(0.5))
  map.setMinZoom(Math.max(3, map.getZoom() - 1))
}

const mount = (element: HTMLElement, floor: Floor, bounds: Bounds | null, lone: Lone, following: Signal<boolean>) => {
  const { fleet, selection, link, now, config, look, view } = floor
  const drawn = () => {
    const device = lone.device()
    return device === null ? fleet.devices.values() : [device, ...fleet.devices.values()]
  }
  return mountFleetMap(element, {
    first: bounds ? { ...middleOf(bounds), zoom: 12 } : FIRST_MAP,
    config,
    scene: {
      devices: drawn,
      device: (id) => (lone.device()?.id === id ? (lone.device() ?? undefined) : fleet.devices.get(id)),
      cells: () => view.peek().cells,
      selected: () => selection.selected.peek(),
      selectedStatus: () => statusOfSelected(selection.selected.peek(), link.clock.offset(), now()),
      hovered: () => null,
      colouring: () => 'route',
      showCells: () => false,
      now,
    },
    // A device that was shared alone is watched by its name: the map asks for nothing besides.
    onMove: (seen) => {
      if (bounds) look(seen)
    },
    onHover: () => {},
    onChoose: () => {},
    onDrag: () => {
      following.value = false
    },
  })
}

/** Where the map goes: to the device while it is followed, the first time at once. */
const follow = (map: FleetMap['map'], floor: Floor, following: Signal<boolean>): (() => void) => {
  let found = false
  return effect(() => {
    const last = floor.selection.selected.value?.last
    if (!last || !following.value) return
    if (found) map.panTo([last.lat, last.lon], { animate: true, duration: 1, easeLinearity: 1 })
    else map.setView([last.lat, last.lon], NEAR_ZOOM, { animate: false })
    found = true
  })
}

/** The map of a share: its device, or its part of the map. */
export const useSharedMap = (floor: Floor, bounds: Bounds | null, shade: string) => {
  const element = useRef<HTMLDivElement>(null)
  const mounted = useRef<FleetMap | null>(null)
  const following = useSignal(bounds === null)

  useEffect(() => {
    if (!element.current) return
    const lone = createLone(floor.selection.selected, () => performance.now(), floor.link.clock.offset)
    const fleetMap = mount(element.current, floor, bounds, lone, following)
    mounted.current = fleetMap
    if (bounds) keepTo(fleetMap.map, bounds)
    const stops = [
      lone.stop,
      floor.frames.add(fleetMap.devices.draw),
      effect(() => {
        void [floor.view.value, floor.selection.selected.value]
        fleetMap.devices.redraw()
        floor.frames.wake()
      }),
      follow(fleetMap.map, floor, following),
    ]
    return () => {
      for (const stop of stops) stop()
      fleetMap.destroy()
      mounted.current = null
      floor.look(null)
    }
  }, [floor, bounds, following])

  useEffect(() => mounted.current?.restyle(), [shade])
  return { element, following }
}
