import { type Map as LeafletMap, point } from 'leaflet'

/** Pixels that stay free around a device beside the panel. */
const AROUND = 40

/** Pans the map up where `panel` would hide what is at `lat`, `lon`. */
export const keepClear = (map: LeafletMap, panel: Element | null, { lat, lon }: { lat: number; lon: number }): void => {
  if (!panel) return
  const over = panel.getBoundingClientRect()
  const ground = map.getContainer().getBoundingClientRect()
  const { x, y } = map.latLngToContainerPoint([lat, lon]).add(point(ground.left, ground.top))
  const isHidden =
    x > over.left - AROUND && x < over.right + AROUND && y > over.top - AROUND && y < over.bottom + AROUND
  if (isHidden) map.panBy([0, y - (over.top - AROUND)])
}
