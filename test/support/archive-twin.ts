import {
  type Archive,
  ArchiveAway,
  type Batch,
  type DeviceRow,
  type EventRow,
  type FixRow,
  type GapRow,
  KEPT,
  type Kept,
  type Mark,
  type MessageRow,
  type MinuteRow,
  type TradeRow,
} from '../../archive/archive.ts'
import { coarsen } from '../../wire/candles.ts'
import { type Bounds, quadkeyOf } from '../../wire/cells.ts'
import { type Fix, isNewer } from '../../wire/fleet.ts'
import { MINUTE } from '../../wire/market.ts'
import { isBefore } from '../../wire/order.ts'
import { SLICE_MS } from '../../wire/past.ts'
import type { RecordEntry } from '../../wire/people.ts'
import type { Topic } from '../../wire/topics.ts'

/** What a twin holds, by keys that make repeats harmless. */
const emptyStore = () => ({
  minutes: new Map<string, MinuteRow>(),
  trades: new Map<string, TradeRow>(),
  fixes: new Map<string, FixRow>(),
  events: new Map<string, EventRow>(),
  messages: new Map<string, MessageRow>(),
  record: new Map<number, RecordEntry>(),
  devices: new Map<string, DeviceRow>(),
  gaps: new Map<string, GapRow>(),
  marks: new Map<Topic, Mark>(),
  began: new Map<Topic, number>(),
  edge: null as number | null,
})
export type Store = ReturnType<typeof emptyStore>

const put = <K, Row>(map: Map<K, Row>, rows: readonly Row[] = [], keyOf: (row: Row) => K): void => {
  for (const row of rows) if (!map.has(keyOf(row))) map.set(keyOf(row), row)
}

/** A minute only grows: the row with more trades counts. What it was first before late trades stays. */
const putMinute = (minutes: Store['minutes'], row: MinuteRow): void => {
  const key = `${row.symbol} ${row.candle.t}`
  const known = minutes.get(key)
  const { candle } = known && known.candle.count > row.candle.count ? known : row
  const changed = row.changed ?? known?.changed
  const seen = known?.seen ?? row.seen
  minutes.set(key, { symbol: row.symbol, candle, ...(changed && { changed }), ...(seen && { seen }) })
}

const putAll = (store: Store, batch: Batch): void => {
  for (const row of batch.minutes ?? []) putMinute(store.minutes, row)
  put(store.trades, batch.trades, ({ symbol, trade }) => `${symbol} ${trade.t} ${trade.id}`)
  put(store.fixes, batch.fixes, ({ fix }) => `${fix.id} ${fix.t} ${fix.n}`)
  put(store.record, batch.record, ({ n }) => n)
  put(store.gaps, batch.gaps, ({ topic, from, to }) => `${topic} ${from} ${to}`)
  for (const row of batch.events ?? []) {
    const known = store.events.get(`${row.device} ${row.id}`)
    if (!known || known.at <= row.at) store.events.set(`${row.device} ${row.id}`, row)
  }
  for (const row of batch.messages ?? []) store.messages.set(`${row.room} ${row.message.n}`, row)
  for (const row of batch.devices ?? []) store.devices.set(row.id, row)
  for (const mark of batch.marks ?? []) {
    store.marks.set(mark.topic, mark)
    if (!store.began.has(mark.topic)) store.began.set(mark.topic, mark.at)
  }
  if (batch.edge !== undefined) store.edge = batch.edge
}

const byFix = (a: FixRow, b: FixRow): number => (isNewer(a.fix, b.fix) ? 1 : -1)
const byTrade = (a: TradeRow, b: TradeRow): number =>
  isBefore([b.trade.t, b.trade.id], [a.trade.t, a.trade.id]) ? 1 : -1
const piece = <T>(rows: readonly T[], limit: number, oldest = false): T[] =>
  oldest ? rows.slice(0, limit) : rows.slice(Math.max(0, rows.length - limit))
const isIn = ({ west, south, east, north }: Bounds, { lat, lon }: Fix): boolean =>
  lat >= south && lat <= north && (west <= east ? lon >= west && lon <= east : lon >= west || lon <= east)

/** What can be asked of the market, and of the fleet. */
const questions = (store: Store) => {
  const fixes = (is: (fix: Fix) => boolean): FixRow[] =>
    [...store.fixes.values()].filter(({ fix }) => is(fix)).sort(byFix)
  const trades = (is: (row: TradeRow) => boolean): TradeRow[] => [...store.trades.values()].filter(is).sort(byTrade)
  const minutes = (is: (row: MinuteRow) => boolean): MinuteRow[] =>
    [...store.minutes.values()].filter(is).sort((a, b) => a.candle.t - b.candle.t)
  const last = (since: number, before: number): FixRow[] => {
    const newest = new Map<string, FixRow>()
    for (const row of fixes(({ t, doubtful }) => t >= since && t < before && !doubtful)) newest.set(row.fix.id, row)
    return [...newest.values()]
  }
  return { fixes, trades, minutes, last }
}

const AGES: { [K in Kept]?: (store: Store) => [Map<unknown, unknown>, (row: never) => number] } = {
  trades: (store) => [store.trades, ({ trade }: TradeRow) => trade.t],
  minutes: (store) => [store.minutes, ({ candle }: MinuteRow) => candle.t],
  fixes: (store) => [store.fixes, ({ fix }: FixRow) => fix.t],
  events: (store) => [store.events, ({ at }: EventRow) => at],
  messages: (store) => [store.messages, ({ message }: MessageRow) => message.t],
  record: (store) => [store.record, ({ t }: RecordEntry) => t],
}

/** The archive's port in memory. Coarse candles are folded from its minutes. `away`: while it is true, all calls reject. */
export const archiveTwin = (): Archive & { store: Store; away: boolean } => {
  const store = emptyStore()
  const { fixes, trades, minutes, last } = questions(store)
  const ask = async <T>(answer: () => T): Promise<T> => {
    await Promise.resolve()
    if (twin.away) throw new ArchiveAway('it was taken away')
    return structuredClone(answer())
  }
  const twin: Archive & { store: Store; away: boolean } = {
    store,
    away: false,
    engine: 'sqlite',
    write: (batch) => ask(() => putAll(store, batch)),
    marks: async function* () {
      yield await ask(() => [...store.marks.values()])
    },
    begin: () => ask(() => fixes(() => true)[0]?.fix.t ?? minutes(() => true)[0]?.candle.t ?? null),
    edge: () => ask(() => store.edge),
    slices: (from, to) =>
      ask(() => {
        const startsOf = (times: number[]): number[] =>
          [...new Set(times.map((t) => Math.floor(t / SLICE_MS) * SLICE_MS))].filter((t) => t >= from && t < to)
        return {
          market: startsOf(minutes(() => true).map(({ candle }) => candle.t)),
          fleet: startsOf(fixes(() => true).map(({ fix }) => fix.t)),
        }
      }),
    candles: ({ symbol, interval, from = 0, before = Number.POSITIVE_INFINITY, limit, oldest }) =>
      ask(() => {
        const rows = minutes((row) => row.symbol === symbol)
        const all =
          interval === MINUTE
            ? rows
            : coarsen(
                rows.map((row) => row.candle),
                interval,
              ).map((candle) => ({ candle }))
        const stored = all.filter(({ candle: { t } }) => t >= from && t < before)
        return piece(
          stored.map(({ symbol: _, ...rest }: Partial<MinuteRow> & Pick<MinuteRow, 'candle'>) => rest),
          limit,
          oldest,
        )
      }),
    minutes: (symbols, from, to, limit) =>
      ask(() =>
        minutes(({ symbol, candle: { t } }) => symbols.includes(symbol) && t >= from && t < to).slice(0, limit),
      ),
    trades: (symbols, from, to, limit) =>
      ask(() => trades(({ symbol, trade: { t } }) => symbols.includes(symbol) && t >= from && t < to).slice(0, limit)),
    lastTrade: (symbol, before) =>
      ask(() => trades((row) => row.symbol === symbol && row.trade.t < before).at(-1) ?? null),
    track: ({ device, from, to, limit, oldest }) =>
      ask(() =>
        piece(
          fixes(({ id, t }) => id === device && t >= from && t <= to),
          limit,
          oldest,
        ),
      ),
    fixesIn: (tiles, from, to, limit) =>
      ask(() => fixes(({ t, lat, lon }) => t >= from && t < to && tiles.includes(quadkeyOf(lat, lon))).slice(0, limit)),
    lastIn: (tiles, since, before, limit) =>
      ask(() =>
        last(since, before)
          .filter(({ fix }) => tiles.includes(quadkeyOf(fix.lat, fix.lon)))
          .slice(0, limit),
      ),
    lastOfAll: (since, before, limit) => ask(() => last(since, before).slice(0, limit)),
    visits: (area, from, to, limit) =>
      ask(() => {
        const inside = fixes((fix) => fix.t >= from && fix.t < to && isIn(area, fix)).map(({ fix }) => fix)
        const all = Array.from(
          Map.groupBy(inside, ({ id }) => id),
          ([id, own]) => ({
            id,
            first: own[0] as Fix,
            last: own.at(-1) as Fix,
          }),
        )
        return all.slice(0, limit)
      }),
    events: (device, before, limit) =>
      ask(() => {
        const own = [...store.events.values()].filter((row) => row.device === device && row.at < before)
        return own.sort((a, b) => b.at - a.at).slice(0, limit)
      }),
    messages: (room, before, limit) =>
      ask(() => {
        const own = [...store.messages.values()].filter((row) => row.room === room && row.message.t < before)
        return piece(
          own.map(({ message }) => message).sort((a, b) => a.n - b.n),
          limit,
        )
      }),
    devices: () => ask(() => [...store.devices.values()]),
    complete: (topic) =>
      ask(() => {
        const from = store.began.get(topic)
        const gaps = [...store.gaps.values()].filter((gap) => gap.topic === topic)
        return from === undefined ? null : { from, gaps: gaps.map(({ topic: _, ...gap }) => gap) }
      }),
    drop: (kind, before, most) =>
      ask(() => {
        const [map, ageOf] = AGES[kind]?.(store) ?? [new Map(), () => 0]
        const old = [...map].filter(([, row]) => ageOf(row as never) < before).slice(0, most)
        for (const [key] of old) map.delete(key)
        return old.length
      }),
    vacuum: () => ask(() => {}),
    size: () =>
      ask(() => ({
        rows: Object.fromEntries(KEPT.map((kind) => [kind, AGES[kind]?.(store)[0].size ?? 0])) as Record<Kept, number>,
        bytes: JSON.stringify(Array.from(Object.values(store), String)).length,
      })),
    close: async () => {},
  }
  return twin
}
