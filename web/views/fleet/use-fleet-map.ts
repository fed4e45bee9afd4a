import { effect, type Signal, useSignal } from '@preact/signals'
import { latLng } from 'leaflet'
import { useEffect, useRef } from 'preact/hooks'
import type { Floor } from '../../floor.ts'
import type { MapAim } from '../../state/aims.ts'
import { statusOfSelected } from '../../state/clocks.ts'
import { type Colouring, FIRST_MAP, type MapView } from '../../state/prefs.ts'
import type { Selected } from '../../state/selection.ts'
import { useGoing } from '../past/use-going.ts'
import { type FleetMap, mountFleetMap } from './fleet-map.ts'
import { keepClear } from './keep-clear.ts'
import type { TrackPoint } from './track-point.ts'

/** What a person has chosen about the map, and where the pointer is. */
export type MapChoices = {
  colouring: Signal<Colouring>
  showCells: Signal<boolean>
  following: Signal<boolean>
  hovered: Signal<{ id: string; x: number; y: number } | null>
  /** The point of the track that the pointer is over. */
  passed: Signal<TrackPoint | null>
  view: Signal<MapView>
}

const useChoices = ({ prefs }: Floor): MapChoices => ({
  colouring: useSignal<Colouring>(prefs.colouring.get() ?? 'route'),
  showCells: useSignal(false),
  following: useSignal(false),
  hovered: useSignal<{ id: string; x: number; y: number } | null>(null),
  passed: useSignal<TrackPoint | null>(null),
  view: useSignal<MapView>(prefs.map.get() ?? FIRST_MAP),
})

type Going = ReturnType<typeof useGoing>

const mount = (element: HTMLElement, floor: Floor, choices: MapChoices, { choose }: Going): FleetMap => {
  const { aims, fleet, view, selection, link, now, prefs, go, look, commands } = floor
  const { colouring, showCells, following, hovered, passed } = choices
  return mountFleetMap(element, {
    first: choices.view.peek(),
    config: floor.config,
    scene: {
      devices: () => fleet.devices.values(),
      device: (id) => fleet.devices.get(id),
      cells: () => view.peek().cells,
      selected: () => selection.selected.peek(),
      selectedStatus: () => statusOfSelected(selection.selected.peek(), link.clock.offset(), now()),
      hovered: () => hovered.peek()?.id ?? null,
      colouring: () => colouring.peek(),
      showCells: () => showCells.peek(),
      spots: () => commands?.spots.peek() ?? [],
      now,
    },
    onMove: (bounds, seen) => {
      choices.view.value = seen
      aims.seen.value = seen
      prefs.map.set(seen)
      look(bounds)
      choose(null, false)
    },
    onHover: (over) => {
      if (hovered.peek() === over) return
      hovered.value = over
    },
    onPass: (point) => {
      if (passed.peek() !== point) passed.value = point
    },
    onTrack: ({ fix, x, y }, alt) => choose({ t: fix.t, x, y }, alt),
    onChoose: (device) => {
      choose(null, false)
      go({ device })
      if (device === null) following.value = false
    },
    onSpot: (spot) => commands?.spotting.click(spot) === true,
    onDrag: () => {
      following.value = false
    },
  })
}

/** By then, in milliseconds, a device's panel is shown, and the map has panned to a device that was searched for. */
const PANNED = 400

const panelOf = (map: Element | null): Element | null => map?.parentElement?.querySelector('.device') ?? null

/** How near a device is shown that somebody opened, at least. */
const NEAR = 14

/** Moves the map to what somebody opened. Returns whether it could: a device may not have been heard of yet. */
const goTo = ({ map }: FleetMap, aim: MapAim, selected: Selected | null): boolean => {
  if ('zoom' in aim) {
    map.setView([aim.lat, aim.lon], aim.zoom)
    return true
  }
  if (selected?.id !== aim.device) return selected !== null
  if (selected.last === null) return false
  const at = latLng(selected.last.lat, selected.last.lon)
  if (!map.getBounds().contains(at)) map.setView(at, Math.max(map.getZoom(), NEAR))
  return true
}

/** Mounts the map, ties it to the floor, and takes both apart again. */
export const useFleetMap = (floor: Floor, shade: string) => {
  const element = useRef<HTMLDivElement>(null)
  const mounted = useRef<FleetMap | null>(null)
  const choices = useChoices(floor)
  const going = useGoing()
  const { colouring, showCells, following, hovered } = choices

  useEffect(() => {
    if (!element.current) return
    const fleetMap = mount(element.current, floor, choices, going)
    mounted.current = fleetMap
    let shared = floor.takeShared()
    let cleared: string | null = null
    let clearing: ReturnType<typeof setTimeout> | undefined
    const stops = [
      effect(() => {
        const { id = null, last = null } = floor.selection.selected.value ?? {}
        if (id === cleared || (id !== null && last === null)) return
        cleared = id
        clearTimeout(clearing)
        if (last) clearing = setTimeout(() => keepClear(fleetMap.map, panelOf(element.current), last), PANNED)
      }),
      effect(() => {
        const device = floor.selection.selected.value
        if (shared === null || device?.id !== shared || device.last === null) return
        shared = null
        const at = latLng(device.last.lat, device.last.lon)
        if (!fleetMap.map.getBounds().contains(at)) fleetMap.map.setView(at, 14)
      }),
      effect(() => {
        const [aim, selected] = [floor.aims.map.value, floor.selection.selected.value]
        if (aim !== null && goTo(fleetMap, aim, selected)) floor.aims.map.value = null
      }),
      floor.frames.add(fleetMap.devices.draw),
      effect(() => {
        void [colouring.value, showCells.value, hovered.value, floor.view.value, floor.selection.selected.value]
        void floor.commands?.spots.value
        fleetMap.devices.redraw()
      }),
      effect(() => {
        const last = floor.selection.selected.value?.last
        if (following.value && last)
          fleetMap.map.panTo([last.lat, last.lon], { animate: true, duration: 1, easeLinearity: 1 })
      }),
    ]
    return () => {
      for (const stop of stops) stop()
      clearTimeout(clearing)
      fleetMap.destroy()
      mounted.current = null
      floor.aims.seen.value = null
      floor.look(null)
    }
    // The choices are signals: the same ones as long as the panel lives.
  }, [floor])

  const colours = colouring.value
  useEffect(() => mounted.current?.restyle(), [shade, colours])
  return { element, mounted, choices, going }
}
