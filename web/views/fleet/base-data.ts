import fineUrl from 'world-atlas/countries-50m.json?url'
import coarseUrl from 'world-atlas/countries-110m.json?url'
import routesUrl from '../../../data/austin-routes.json?url'
import { type Countries, lineOf, type Shape, type World, worldOf } from '../../state/world.ts'

const read = async <T>(url: string): Promise<T> => {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url}: ${response.status}`)
  return (await response.json()) as T
}

/**
 * Land and borders of the whole world. Source: Natural Earth, through world-atlas; coarse (1:110m), then fine (1:50m).
 */
export const loadCoarseWorld = async (): Promise<World> => worldOf(await read<Countries>(coarseUrl))
export const loadFineWorld = async (): Promise<World> => worldOf(await read<Countries>(fineUrl))

/** Austin's bus routes. Source: Capital Metro's GTFS feed (see data/README.md). */
export const loadRoutes = async (): Promise<Shape[]> => {
  const routes = await read<{ route: string; points: [lat: number, lon: number][] }[]>(routesUrl)
  return routes.map(({ route, points }) => ({ ...lineOf(points.map(([lat, lon]) => [lon, lat])), route }))
}
