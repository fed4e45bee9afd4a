import { type Archive, ArchiveAway, type EventRow, type FixRow } from '../../../../archive/archive.ts'
import { coarsen, foldTrade, intervalStart } from '../../../../wire/candles.ts'
import { quadkeyOf } from '../../../../wire/cells.ts'
import type { Fix } from '../../../../wire/fleet.ts'
import { type Candle, MINUTE, type Trade } from '../../../../wire/market.ts'
import type { Message } from '../../../../wire/rooms.ts'

export type Rows = {
  /** By symbol; `isKept`: whether a trade is kept as a trade, too. */
  trades?: Record<string, readonly Trade[]>
  isKept?: (symbol: string, trade: Trade) => boolean
  fixes?: readonly Fix[]
  /** By device. */
  groups?: Record<string, string>
  events?: readonly EventRow[]
  messages?: Record<string, readonly Message[]>
  edge?: number
}

type Asked = Pick<
  Archive,
  | 'candles'
  | 'minutes'
  | 'trades'
  | 'lastTrade'
  | 'track'
  | 'fixesIn'
  | 'fixesOf'
  | 'lastIn'
  | 'events'
  | 'eventsOf'
  | 'messages'
  | 'devices'
  | 'complete'
  | 'edge'
>

const byKey = (a: Trade, b: Trade): number => a.t - b.t || a.id - b.id
const byFix = (a: Fix, b: Fix): number => a.t - b.t || a.n - b.n
/** When Redis took a fix. */
export const heardAt = ({ t }: Fix): number => t + 40

const minutesOf = (trades: readonly Trade[]): Candle[] => {
  const minutes = new Map<number, Candle>()
  for (const trade of trades) {
    const t = intervalStart(trade.t, MINUTE)
    minutes.set(t, foldTrade(minutes.get(t) ?? null, trade, MINUTE))
  }
  return [...minutes.values()].sort((a, b) => a.t - b.t)
}

/** As much of an archive as the past asks, of rows in memory. `state.away`: it cannot be asked. */
export const createMemory = (rows: Rows) => {
  const state = { away: false, calls: 0, edge: rows.edge ?? Number.MAX_SAFE_INTEGER }
  const trades = Object.entries(rows.trades ?? {}).map(([symbol, all]) => [symbol, all.toSorted(byKey)] as const)
  const kept = trades.flatMap(([symbol, all]) =>
    all.filter((trade) => rows.isKept?.(symbol, trade)).map((trade) => ({ symbol, trade, at: trade.t })),
  )
  const candles = new Map(trades.map(([symbol, all]) => [symbol, minutesOf(all)]))
  const fixes = (rows.fixes ?? []).toSorted(byFix).map((fix): FixRow => ({ fix, at: heardAt(fix) }))
  const tileOf = ({ lat, lon }: Fix): string => quadkeyOf(lat, lon)
  const within = (from: number, to: number, limit: number, is: (fix: Fix) => boolean): FixRow[] =>
    fixes.filter(({ fix }) => fix.t >= from && fix.t < to && is(fix)).slice(0, limit)

  const asked: Asked = {
    edge: async () => state.edge,
    candles: async ({ symbol, interval, from = 0, before = Number.MAX_SAFE_INTEGER, limit }) =>
      coarsen(candles.get(symbol) ?? [], interval)
        .filter(({ t }) => t >= from && t < before)
        .slice(-limit)
        .map((candle) => ({ candle })),
    minutes: async (symbols, from, to, limit) =>
      symbols
        .flatMap((symbol) => (candles.get(symbol) ?? []).map((candle) => ({ symbol, candle })))
        .filter(({ candle: { t } }) => t >= from && t < to)
        .sort((a, b) => a.candle.t - b.candle.t)
        .slice(0, limit),
    trades: async (symbols, from, to, limit) =>
      kept
        .filter(({ symbol, trade: { t } }) => symbols.includes(symbol) && t >= from && t < to)
        .sort((a, b) => byKey(a.trade, b.trade))
        .slice(0, limit),
    lastTrade: async (symbol, before) =>
      kept.filter((row) => row.symbol === symbol && row.trade.t < before).at(-1) ?? null,
    track: async ({ device, from, to, limit }) =>
      within(from, to + 1, Number.POSITIVE_INFINITY, ({ id }) => id === device).slice(-limit),
    fixesIn: async (tiles, from, to, limit) => within(from, to, limit, (fix) => tiles.includes(tileOf(fix))),
    fixesOf: async (devices, from, to, limit) => within(from, to, limit, ({ id }) => devices.includes(id)),
    lastIn: async (tiles, since, before, limit) => {
      const last = new Map(
        within(since, before, Number.POSITIVE_INFINITY, ({ doubtful }) => !doubtful).map((row) => [row.fix.id, row]),
      )
      return [...last.values()].filter(({ fix }) => tiles.includes(tileOf(fix))).slice(0, limit)
    },
    events: async (device, before, limit) =>
      (rows.events ?? [])
        .filter((event) => event.device === device && event.at < before)
        .toSorted((a, b) => b.at - a.at)
        .slice(0, limit),
    eventsOf: async (devices, from, to, limit) =>
      (rows.events ?? [])
        .filter(({ device, at }) => devices.includes(device) && at >= from && at < to)
        .toSorted((a, b) => a.at - b.at)
        .slice(0, limit),
    messages: async (room, before, limit) => (rows.messages?.[room] ?? []).filter(({ t }) => t < before).slice(-limit),
    devices: async () => Object.entries(rows.groups ?? {}).map(([id, group]) => ({ id, name: `The ${id}`, group })),
    complete: async (topic) => {
      const id = topic.slice(2)
      const isThere = candles.has(id) || fixes.some(({ fix }) => fix.id === id)
      return isThere ? { from: 0, gaps: [] } : null
    },
  }
  const archive = new Proxy(asked, {
    get: (target, name) => {
      const call = Reflect.get(target, name) as ((...args: unknown[]) => Promise<unknown>) | undefined
      if (call === undefined) throw new Error(`the past does not ask for ${String(name)}`)
      return async (...args: unknown[]) => {
        state.calls++
        if (state.away) throw new ArchiveAway('away')
        return call(...args)
      }
    },
  }) as Asked as Archive
  return { archive, state }
}
