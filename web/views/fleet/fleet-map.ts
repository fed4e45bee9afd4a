import { control, map as createMap, type Map as LeafletMap } from 'leaflet'
import type { ConfigReply } from '../../../wire/api.ts'
import type { Bounds } from '../../../wire/cells.ts'
import type { Spot } from '../../state/commands/spots.ts'
import type { MapView } from '../../state/prefs.ts'
import { loadCoarseWorld, loadFineWorld, loadRoutes } from './base-data.ts'
import { type BaseMap, createBaseLayer } from './base-layer.ts'
import { type DeviceLayer, type Drawn, mountDevices } from './device-layer.ts'
import type { Scene } from './scene.ts'
import { addTiles } from './tiles.ts'
import type { TrackPoint } from './track-point.ts'

export type FleetMapOptions = {
  scene: Scene
  first: MapView
  config: () => Promise<ConfigReply>
  onMove: (bounds: Bounds, view: MapView) => void
  onHover: (over: Drawn | null) => void
  onChoose: (id: string | null) => void
  /** A place was clicked. Returns whether it was meant, and not what is drawn there. */
  onSpot?: (spot: Spot) => boolean
  /** The pointer is over a point of the track; null: it is not. */
  onPass?: (point: TrackPoint | null) => void
  /** A point of the track was clicked. Returns whether anything came of it. */
  onTrack?: (point: TrackPoint, alt: boolean) => boolean
  onDrag: () => void
}

/** The map has to rest this long before its view is watched, in milliseconds. */
const REST = 200
/** How near a pointer or a finger must be to a device, in pixels. */
const REACH = { mouse: 12, touch: 24 } as const

const OFFLINE = 'Land: Natural Earth · Routes: Capital Metro'

const boundsOf = (map: LeafletMap): Bounds => {
  const bounds = map.getBounds()
  return { west: bounds.getWest(), south: bounds.getSouth(), east: bounds.getEast(), north: bounds.getNorth() }
}

/** `isGone`: whether the map was taken apart meanwhile. */
const addBase = (map: LeafletMap, config: FleetMapOptions['config'], coloured: boolean, isGone: () => boolean) => {
  const base: BaseMap = { world: null, routes: null, showWorld: true, coloured }
  map.createPane('base').style.zIndex = '150'
  const layer = createBaseLayer(base).addTo(map)
  const use = async <K extends 'world' | 'routes'>(part: K, load: () => Promise<BaseMap[K]>): Promise<void> => {
    try {
      base[part] = await load()
      if (!isGone()) layer.redraw()
    } catch {
      // The base map is a help, not data: without it the devices are drawn all the same.
    }
  }
  const start = async (): Promise<void> => {
    await Promise.all([use('routes', loadRoutes), use('world', loadCoarseWorld)])
    const { tiles } = await config().catch(() => ({ tiles: null }))
    if (isGone()) return
    base.showWorld = (await addTiles(map, tiles, isGone)) === null
    if (isGone()) return
    if (base.showWorld) await use('world', loadFineWorld)
    else layer.getPane()?.style.setProperty('z-index', '250')
    if (!isGone()) layer.redraw()
  }
  void start()
  return {
    redraw: (withColours: boolean): void => {
      base.coloured = withColours
      layer.redraw()
    },
  }
}

const listenPointer = (map: LeafletMap, devices: DeviceLayer, options: FleetMapOptions): void => {
  const { onHover, onPass, onChoose, onSpot, onTrack, onDrag } = options
  map.on('mousemove', ({ containerPoint: { x, y } }) => {
    const over = devices.at(x, y, REACH.mouse)
    const point = over ? null : devices.trackAt(x, y, REACH.mouse)
    map.getContainer().style.cursor = over || point ? 'pointer' : ''
    onHover(over)
    onPass?.(point)
  })
  map.on('mouseout', () => {
    onHover(null)
    onPass?.(null)
  })
  map.on('click', ({ containerPoint: { x, y }, latlng, originalEvent: { altKey } }) => {
    if (onSpot?.({ lat: latlng.lat, lon: latlng.lng })) return
    const reach = matchMedia('(pointer: coarse)').matches ? REACH.touch : REACH.mouse
    const over = altKey ? null : devices.at(x, y, reach)
    const point = over ? null : devices.trackAt(x, y, reach)
    if (point === null || !onTrack?.(point, altKey)) onChoose(over?.id ?? null)
  })
  map.on('dragstart', onDrag)
}

/** Takes a map apart, after the zoom that is under way: Leaflet would end that on a map that is no more. */
const createRemoval = (map: LeafletMap): (() => void) => {
  let zooming = false
  map.on('zoomanim', () => {
    zooming = true
  })
  map.on('zoomend', () => {
    zooming = false
  })
  return () => {
    if (zooming) map.once('zoomend', () => setTimeout(() => map.remove()))
    else map.remove()
  }
}

/** The map with its base, its devices and what the pointer does on it. */
export const mountFleetMap = (element: HTMLElement, options: FleetMapOptions) => {
  const { first, scene, onMove } = options
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches
  const map = createMap(element, {
    center: [first.lat, first.lon],
    zoom: first.zoom,
    zoomControl: false,
    minZoom: 3,
    maxZoom: 18,
    worldCopyJump: true,
    fadeAnimation: !still,
    zoomAnimation: !still,
    inertia: !still,
  })
  const remove = createRemoval(map)
  let gone = false
  map.attributionControl.setPrefix(false).addAttribution(OFFLINE)
  control.scale({ imperial: false, maxWidth: 80, position: 'bottomleft' }).addTo(map)
  const base = addBase(map, options.config, scene.colouring() === 'route', () => gone)
  const devices = mountDevices(map, scene)
  listenPointer(map, devices, options)

  let timer: ReturnType<typeof setTimeout> | undefined
  const tell = (): void => {
    const { lat, lng: lon } = map.getCenter()
    onMove(boundsOf(map), { lat, lon, zoom: map.getZoom() })
  }
  map.on('moveend', () => {
    clearTimeout(timer)
    if (!gone) timer = setTimeout(tell, REST)
  })
  const sizes = new ResizeObserver(() => map.invalidateSize())
  sizes.observe(element)
  tell()

  return {
    map,
    devices,
    /** The theme has changed, or what colours mean. */
    restyle: (): void => {
      base.redraw(scene.colouring() === 'route')
      devices.redraw()
    },
    destroy: (): void => {
      gone = true
      clearTimeout(timer)
      sizes.disconnect()
      remove()
    },
  }
}
export type FleetMap = ReturnType<typeof mountFleetMap>
