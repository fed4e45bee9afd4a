import { type Map as LeafletMap, type TileLayer, tileLayer } from 'leaflet'

const PROBE_WITHIN = 4_000

/** Whether the tile server can be reached from here and sends a picture. */
const reachable = (url: string): Promise<boolean> =>
  new Promise((resolve) => {
    const image = new Image()
    const timer = setTimeout(() => resolve(false), PROBE_WITHIN)
    const end = (answer: boolean) => () => {
      clearTimeout(timer)
      resolve(answer)
    }
    image.onload = end(true)
    image.onerror = end(false)
    image.src = url.replace('{s}', 'a').replace('{z}', '2').replace('{x}', '0').replace('{y}', '1').replace('{r}', '')
  })

/**
 * Adds raster tiles where they can be reached; null where they cannot, or the map is gone by then, and the offline base
 * map stays.
 */
export const addTiles = async (
  map: LeafletMap,
  tiles: { url: string; attribution: string } | null,
  isGone: () => boolean,
): Promise<TileLayer | null> => {
  if (tiles === null || !(await reachable(tiles.url)) || isGone()) return null
  return tileLayer(tiles.url, { attribution: tiles.attribution, maxZoom: 19, className: 'raster' }).addTo(map)
}
