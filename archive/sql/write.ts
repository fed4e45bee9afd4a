import { ACCESS, deviceTopic, symbolTopic } from '../../wire/topics.ts'
import type { Batch, TradeRow } from '../archive.ts'
import { scaled, scaleOf } from './decimals.ts'
import type { Db, Engine, Insert, Value } from './engine.ts'
import { fixValues } from './fix-rows.ts'
import type { Names } from './names.ts'
import { tileOf } from './tiles.ts'
import { sliceOf } from './times.ts'
import { replacing, unlessThere } from './upsert.ts'
import { writeMinutes } from './write-candles.ts'

type Ids = ReadonlyMap<string, number>
/** Writes rows in pieces, each made when it is its turn: a node has other things to do in between. */
type Put = <T>(insert: Insert, rows: readonly T[], values: (row: T) => Value[]) => Promise<void>

/** Rows of a piece. */
const PIECE = 1000

const TRADES = unlessThere('trades')
const FIXES = unlessThere('fixes')
const STAYS = unlessThere('stays')
const RECORD = unlessThere('record')
const GAPS = unlessThere('gaps')
const EVENTS = replacing('events', 'excluded.at >= events.at')
const MESSAGES = replacing('messages', 'excluded.changed >= messages.changed')
const MARKS = replacing('marks', 'excluded.at >= marks.at')
const DEVICES = replacing('devices', 'true')
const MOMENTS = replacing('moments', 'excluded.t > moments.t')
const SLICES = replacing('slices', 'excluded.market > slices.market or excluded.fleet > slices.fleet', {
  market: 'slices.market | excluded.market',
  fleet: 'slices.fleet | excluded.fleet',
})
const BEGAN = replacing('began', 'excluded.t < began.t')
const BEGAN_LATER = unlessThere('began')

const tradeValues = (symbol: number, { trade, at }: TradeRow): Value[] => {
  const { t, id, price, size, side } = trade
  const scale = scaleOf([price])
  const taker = side === undefined ? null : side === 'buy' ? 0 : 1
  return [symbol, t, id, scale, scaled(price, scale), size + 0, taker, at - t]
}

const writeFixes = async (put: Put, devices: Ids, fixes: NonNullable<Batch['fixes']>): Promise<void> => {
  const stays = new Map<string, number[]>()
  await put(FIXES, fixes, (row) => {
    const device = devices.get(row.fix.id) ?? 0
    const stay = [tileOf(row.fix.lat, row.fix.lon), sliceOf(row.fix.t), device]
    stays.set(stay.join(), stay)
    return fixValues(device, row)
  })
  await put(STAYS, [...stays.values()], (stay) => stay)
}

const writeSlices = (put: Put, { minutes = [], trades = [], fixes = [] }: Batch): Promise<void> => {
  const market = new Set<number>()
  const fleet = new Set<number>()
  for (const { candle } of minutes) market.add(sliceOf(candle.t))
  for (const { trade } of trades) market.add(sliceOf(trade.t))
  for (const { fix } of fixes) fleet.add(sliceOf(fix.t))
  const bit = (slices: ReadonlySet<number>, slice: number): number => (slices.has(slice) ? 1 : 0)
  return put(SLICES, [...new Set([...market, ...fleet])], (slice) => [slice, bit(market, slice), bit(fleet, slice)])
}

/** A topic is archived from its oldest row on; one that has none, since it was read. */
const writeBegan = async (put: Put, batch: Batch): Promise<void> => {
  const began = new Map<string, number>()
  const add = (topic: string, t: number): void => {
    began.set(topic, Math.min(t, began.get(topic) ?? t))
  }
  for (const { symbol, candle } of batch.minutes ?? []) add(symbolTopic(symbol), candle.t)
  for (const { symbol, trade } of batch.trades ?? []) add(symbolTopic(symbol), trade.t)
  for (const { fix } of batch.fixes ?? []) add(deviceTopic(fix.id), fix.t)
  for (const { room, message } of batch.messages ?? []) add(room, message.t)
  for (const { t } of batch.record ?? []) add(ACCESS, t)
  await put(BEGAN, [...began], ([topic, t]) => [topic, t])
  await put(BEGAN_LATER, batch.marks ?? [], ({ topic, at }) => [topic, at])
}

const writeRest = async (put: Put, devices: Ids, batch: Batch): Promise<void> => {
  const { events = [], messages = [], record = [], gaps = [], marks = [], edge } = batch
  const id = (device: string): number => devices.get(device) ?? 0
  const changed = ({ edited = 0, deleted = 0 }): number => Math.max(edited, deleted)
  await put(EVENTS, events, (event) => [id(event.device), event.id, event.at, event.kind, event.body])
  await put(MESSAGES, messages, ({ room, message }) => {
    return [room, message.t, message.n, changed(message), JSON.stringify(message)]
  })
  await put(RECORD, record, (entry) => [entry.t, entry.n, JSON.stringify(entry)])
  await put(DEVICES, batch.devices ?? [], (row) => [id(row.id), row.name, row.group])
  await put(GAPS, gaps, ({ topic, from, to, why }) => [topic, from, to, why])
  await put(MARKS, marks, ({ topic, cursor, at }) => [topic, cursor.epoch, cursor.seq, at])
  await put(MOMENTS, edge === undefined ? [] : [edge], (t) => ['edge', t])
}

/** Writes a batch in one transaction, after the names in it that are new. */
export const writeBatch = async (engine: Engine, names: Names, batch: Batch): Promise<void> => {
  const { minutes = [], trades = [], fixes = [], events = [] } = batch
  const db = engine.writer
  const symbols = await names.make(
    db,
    's',
    [...minutes, ...trades].map(({ symbol }) => symbol),
  )
  const named = [...fixes.map(({ fix }) => fix.id), ...events.map(({ device }) => device)]
  const devices = await names.make(db, 'd', [...named, ...(batch.devices ?? []).map(({ id }) => id)])
  await db.transaction().execute(async (tx: Db) => {
    await engine.lock(tx)
    const put: Put = async (insert, rows, values) => {
      for (let i = 0; i < rows.length; i += PIECE) await engine.insert(tx, insert, rows.slice(i, i + PIECE).map(values))
    }
    await writeMinutes(engine, tx, symbols, minutes)
    await put(TRADES, trades, (row) => tradeValues(symbols.get(row.symbol) ?? 0, row))
    await writeFixes(put, devices, fixes)
    await writeSlices(put, batch)
    await writeBegan(put, batch)
    await writeRest(put, devices, batch)
  })
}
