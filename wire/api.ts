import type { DeviceDescription, Fix, Life } from './fleet.ts'
import type { Candle, Interval, PreviousClose, Quote, SymbolDescription, Trade } from './market.ts'
import type { Cursor, WireError } from './protocol.ts'

/**
 * One row of `GET /api/symbols`, with the symbol's description. `spark`: closes of the last minutes, oldest first, at
 * most 60.
 */
export type SymbolRow = SymbolDescription & {
  symbol: string
  last: Trade | null
  prev: PreviousClose | null
  day: Candle | null
  quote: Quote | null
  spark: number[]
}
export type SymbolsReply = { symbols: SymbolRow[] }

/**
 * `GET /api/symbols/:symbol/candles?interval=1m|5m|15m|1h|4h|1d&limit=1..1500&before=<ms>&after=<ms>`: the newest candles
 * (that start before `before`), or with `after` the oldest that start after that; oldest first, as of `cursor`: updates
 * above it are not in them. With `at=<ms>`: as of that moment, of the past, with the candle that was forming then; of the
 * past there is no cursor (an empty one). `as=seen`: each as it was seen then, before trades that came late. `changed`:
 * starts of candles that late trades changed. `partial`: the archive could not be asked, and older ones may be missing.
 */
export type CandlesReply = {
  symbol: string
  interval: Interval
  cursor: Cursor
  candles: Candle[]
  changed?: number[]
  partial?: true
}

/**
 * `GET /api/devices/:id/track?since=<ms>&until=<ms>&limit=1..2000`: the newest fixes in order of time, as of `cursor`.
 * With `zoom=<0..19>` all fixes between the two count, without those that nobody could tell apart at that zoom of the
 * map, and without doubtful ones: `points=1..20000` (5000) of them. `zoom` in the answer: a smaller one, where there
 * were more all the same.
 * With `at=<ms>`: as of that moment of the past; `as=seen`: without fixes that were heard later. `late`: numbers of
 * fixes that were heard more than a minute after they were made. `partial`: older ones are missing, since the archive
 * could not be asked, or there were too many to read.
 */
export type TrackReply = {
  id: string
  cursor: Cursor
  fixes: Fix[]
  late?: number[]
  zoom?: number
  partial?: true
}

/**
 * One row of `GET /api/devices`. `cell`: the one that it is in, null once it is reaped; `heard`: when anything last
 * came from it. `keyed`: it has a key; told only to whoever may manage devices.
 */
export type DeviceRow = DeviceDescription & {
  id: string
  last: Fix | null
  cell: string | null
  heard: number | null
  life?: Life
  keyed?: true
}
/**
 * `GET /api/devices?q=<text>&limit=1..500&after=<id>`: devices that have `q` in their id, name or route, whatever its
 * case, by id. `next`: the `after` of the next page, null on the last. `complete` false: there are more devices than a
 * node lists. `cursor`: where the register stood, so that whoever watches it from there hears of all that is not in the
 * list; of several pages the first one's counts.
 */
export type DevicesReply = { devices: DeviceRow[]; next: string | null; complete: boolean; cursor: Cursor }

/** `GET /api/stats`: the whole cluster. `watchers`: clients per watched symbol. */
export type StatsReply = {
  clients: number
  nodes: { node: string; clients: number; topics: number }[]
  watchers: Record<string, number>
}

/** `GET /healthz` (200 while the process works) and `GET /readyz` (200, or 503 while it cannot serve data). */
export type HealthReply = { status: 'ok'; node: string }
/**
 * `part`: some shards of a Cluster are away; the topics of the others flow. Without its archive a node is ready all the
 * same; `none`: this floor keeps none.
 */
export type ReadyReply = {
  ready: boolean
  redis: 'up' | 'part' | 'down'
  archive: 'up' | 'down' | 'none'
  draining: boolean
  node: string
}

/** Every error over HTTP: its status tells the kind, as docs/protocol.md lists them. */
export type ErrorReply = { error: WireError }

/**
 * Where devices find the floor. `url`: its address, where that is set (`PUBLIC_URL`). `nmea`: the port for NMEA 0183,
 * null where there is none. `mqtt`: whether it hears a broker.
 */
export type Doors = { url: string | null; nmea: number | null; mqtt: boolean }
/** `GET /api/config`: what a dashboard must know of its deployment. `tiles` null: only the offline base map. */
export type ConfigReply = {
  node: string
  version: string
  tiles: { url: string; attribution: string } | null
  doors: Doors
}
