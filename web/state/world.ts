import { feature, mesh } from 'topojson-client'
import type { GeometryCollection, Topology } from 'topojson-specification'
import { cutRing } from './antimeridian.ts'
import { type Box, boxOf } from './clip.ts'
import { project } from './mercator.ts'

/** A line or ring of the base map on the map's own grid: x, y, x, y, ... */
export type Shape = { points: readonly number[]; box: Box; route?: string }
/** `rings` belong together: a land with its holes, and its parts on both sides of the antimeridian. */
export type Land = { rings: readonly Shape[]; box: Box }
export type World = { lands: readonly Land[]; borders: readonly Shape[] }

export type Countries = Topology<{ countries: GeometryCollection }>
/** Longitude and latitude. */
type Position = readonly number[]

const pointsOf = (positions: readonly Position[]): number[] =>
  positions.flatMap(([lon = 0, lat = 0]) => {
    const { x, y } = project(lat, lon)
    // The edge of the grid is the pole: what lies nearer to it, be it by the last digit, is on it.
    return [x, Math.min(1, Math.max(0, y))]
  })

const shape = (points: readonly number[]): Shape => ({ points, box: boxOf(points) })

/** A line through these positions. */
export const lineOf = (positions: readonly Position[]): Shape => shape(pointsOf(positions))

const land = (polygon: readonly (readonly Position[])[]): Land => {
  const rings = polygon.flatMap((ring) => cutRing(pointsOf(ring)))
  return { rings: rings.map(shape), box: boxOf(rings.flat()) }
}

/** Land, and the borders within it. */
export const worldOf = (topology: Countries): World => {
  const { countries } = topology.objects
  const lands = feature(topology, countries).features.flatMap(({ geometry }) => {
    if (geometry.type === 'Polygon') return [land(geometry.coordinates)]
    return geometry.type === 'MultiPolygon' ? geometry.coordinates.map(land) : []
  })
  return { lands, borders: mesh(topology, countries, (a, b) => a !== b).coordinates.map(lineOf) }
}
