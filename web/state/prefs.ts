import { isGroup } from '../../wire/groups.ts'
import { READING_NAME } from '../../wire/readings.ts'
import { isName } from '../../wire/topics.ts'
import { type RecentOrder, readOrders } from './commands/recent.ts'
import { remember, type Shelf } from './memory.ts'
import { type Place, parsePlace } from './place.ts'
import { COLUMNS, type Sort } from './watchlist.ts'

export const THEMES = ['system', 'dark', 'light'] as const
export type Theme = (typeof THEMES)[number]
export type MapView = { lat: number; lon: number; zoom: number }
const COLOURINGS = ['route', 'status'] as const
export type Colouring = (typeof COLOURINGS)[number]

const oneOf =
  <T extends string>(values: readonly T[]) =>
  (stored: unknown): T | null =>
    values.find((value) => value === stored) ?? null

/** Each once; what can be none is left out, for no node would watch it. */
const listOf =
  (isOne: (text: string) => boolean) =>
  (stored: unknown): string[] | null =>
    Array.isArray(stored) ? [...new Set(stored.filter((one) => typeof one === 'string' && isOne(one)))] : null

const record = (stored: unknown): Record<string, unknown> =>
  typeof stored === 'object' && stored !== null ? (stored as Record<string, unknown>) : {}

const sort = (stored: unknown): Sort => {
  const { column, descending } = record(stored)
  const known = COLUMNS.find((one) => one === column)
  return known ? { column: known, descending: descending === true } : null
}

const mapView = (stored: unknown): MapView | null => {
  const { lat, lon, zoom } = record(stored)
  return [lat, lon, zoom].every(Number.isFinite) ? ({ lat, lon, zoom } as MapView) : null
}

export const FIRST_PLACE: Place = { workspace: 'split', symbol: null, interval: '1m', device: null }
/** Austin, Texas, as wide as its bus network. */
export const FIRST_MAP: MapView = { lat: 30.2672, lon: -97.7431, zoom: 12 }

/** Everything the dashboard remembers between visits. */
export const createPrefs = (shelf: Shelf) => ({
  theme: remember<Theme>(shelf, 'theme', oneOf(THEMES)),
  symbols: remember<string[]>(shelf, 'symbols', listOf(isName)),
  sort: remember<Sort>(shelf, 'sort', sort),
  groupsOff: remember<string[]>(shelf, 'groups-off', listOf(isGroup)),
  map: remember<MapView>(shelf, 'map', mapView),
  colouring: remember<Colouring>(shelf, 'colouring', oneOf(COLOURINGS)),
  orders: remember<RecentOrder[]>(shelf, 'orders', readOrders),
  readings: remember<string[]>(
    shelf,
    'readings',
    listOf((name) => READING_NAME.test(name)),
  ),
  deviceList: remember<boolean>(shelf, 'device-list', (stored) => (typeof stored === 'boolean' ? stored : null)),
  place: remember<string>(shelf, 'place', (stored) => (typeof stored === 'string' ? stored : null)),
})
export type Prefs = ReturnType<typeof createPrefs>

/** The place to start in: the address, else where one was last, else the first place. */
export const firstPlace = (hash: string, prefs: Pick<Prefs, 'place'>): Place =>
  parsePlace(hash, parsePlace(prefs.place.get() ?? '', FIRST_PLACE))
