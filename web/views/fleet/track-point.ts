import type { Map as LeafletMap } from 'leaflet'
import type { Fix } from '../../../wire/fleet.ts'

/** A fix of a track, and where it is, in pixels of the map. */
export type TrackPoint = { fix: Fix; x: number; y: number }

/** The fix of a track that is nearest to a place of the map, within `reach` pixels. */
export const trackPointAt = (
  map: Pick<LeafletMap, 'containerPointToLatLng' | 'latLngToContainerPoint'>,
  track: readonly Fix[],
  { x, y }: { x: number; y: number },
  reach: number,
): TrackPoint | null => {
  const [low, high] = [
    map.containerPointToLatLng([x - reach, y + reach]),
    map.containerPointToLatLng([x + reach, y - reach]),
  ]
  let best: TrackPoint | null = null
  let least = reach * reach
  for (const fix of track) {
    if (fix.lat < low.lat || fix.lat > high.lat || fix.lon < low.lng || fix.lon > high.lng) continue
    const at = map.latLngToContainerPoint([fix.lat, fix.lon])
    const far = (at.x - x) ** 2 + (at.y - y) ** 2
    if (far <= least) [best, least] = [{ fix, x: at.x, y: at.y }, far]
  }
  return best
}
