import { feature, mesh } from 'topojson-client'
import type { GeometryCollection, Topology } from 'topojson-specification'
import fineUrl from 'world-atlas/countries-50m.json?url'
import coarseUrl from 'world-atlas/countries-110m.json?url'
import routesUrl from '../../../data/austin-routes.json?url'
import { type Box, boxOf } from '../../state/clip.ts'
import { project } from '../../state/mercator.ts'

/** A line or ring of the base map on the map's own grid: x, y, x, y, ... */
export type Shape = { points: readonly number[]; box: Box; route?: string }
/** `rings` belong together: a land with its holes. */
export type Land = { rings: readonly Shape[]; box: Box }
export type World = { lands: readonly Land[]; borders: readonly Shape[] }

type Countries = Topology<{ countries: GeometryCollection }>
type Position = readonly number[]

const shape = (positions: readonly Position[]): Shape => {
  const points = positions.flatMap(([lon = 0, lat = 0]) => {
    const { x, y } = project(lat, lon)
    return [x, y]
  })
  return { points, box: boxOf(points) }
}

const land = (polygon: readonly (readonly Position[])[]): Land => {
  const rings = polygon.map(shape)
  return { rings, box: rings[0]?.box ?? boxOf([]) }
}

const read = async <T>(url: string): Promise<T> => {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url}: ${response.status}`)
  return (await response.json()) as T
}

const loadWorld = async (url: string): Promise<World> => {
  const topology = await read<Countries>(url)
  const { countries } = topology.objects
  const lands = feature(topology, countries).features.flatMap(({ geometry }) => {
    if (geometry.type === 'Polygon') return [land(geometry.coordinates)]
    return geometry.type === 'MultiPolygon' ? geometry.coordinates.map(land) : []
  })
  return { lands, borders: mesh(topology, countries, (a, b) => a !== b).coordinates.map(shape) }
}

/** Land and borders of the whole world. Source: Natural Earth, through world-atlas; coarse (1:110m), then fine (1:50m). */
export const loadCoarseWorld = (): Promise<World> => loadWorld(coarseUrl)
export const loadFineWorld = (): Promise<World> => loadWorld(fineUrl)

/** Austin's bus routes. Source: Capital Metro's GTFS feed (see data/README.md). */
export const loadRoutes = async (): Promise<Shape[]> => {
  const routes = await read<{ route: string; points: [lat: number, lon: number][] }[]>(routesUrl)
  return routes.map(({ route, points }) => ({ ...shape(points.map(([lat, lon]) => [lon, lat])), route }))
}
