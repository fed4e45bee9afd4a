import { ACCESS, deviceTopic, symbolTopic } from '../../wire/topics.ts'
import type { Batch, TradeRow } from '../archive.ts'
import { scaled, scaleOf } from './decimals.ts'
import type { Db, Engine, Insert, Value } from './engine.ts'
import { fixValues } from './fix-rows.ts'
import type { Names } from './names.ts'
import { sliceOf, tileOf } from './tiles.ts'
import { replacing, unlessThere } from './upsert.ts'
import { writeMinutes } from './write-candles.ts'

type Ids = ReadonlyMap<string, number>
type Put = (insert: Insert, rows: readonly (readonly Value[])[]) => Promise<void>

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
  for (const { fix } of fixes) {
    const stay = [tileOf(fix.lat, fix.lon), sliceOf(fix.t), devices.get(fix.id) ?? 0]
    stays.set(stay.join(), stay)
  }
  await put(
    FIXES,
    fixes.map((row) => fixValues(devices.get(row.fix.id) ?? 0, row)),
  )
  await put(STAYS, [...stays.values()])
}

const writeSlices = (put: Put, { minutes = [], trades = [], fixes = [] }: Batch): Promise<void> => {
  const market = new Set([
    ...minutes.map(({ candle }) => sliceOf(candle.t)),
    ...trades.map(({ trade }) => sliceOf(trade.t)),
  ])
  const fleet = new Set(fixes.map(({ fix }) => sliceOf(fix.t)))
  const slices = new Set([...market, ...fleet])
  return put(
    SLICES,
    [...slices].map((slice) => [slice, market.has(slice) ? 1 : 0, fleet.has(slice) ? 1 : 0]),
  )
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
  await put(BEGAN, [...began])
  await put(
    BEGAN_LATER,
    (batch.marks ?? []).map(({ topic, at }) => [topic, at]),
  )
}

const writeRest = async (put: Put, devices: Ids, batch: Batch): Promise<void> => {
  const { events = [], messages = [], record = [], gaps = [], marks = [], edge } = batch
  const id = (device: string): number => devices.get(device) ?? 0
  const changed = ({ edited = 0, deleted = 0 }): number => Math.max(edited, deleted)
  const bodies = messages.map(({ room, message }) => {
    return [room, message.t, message.n, changed(message), JSON.stringify(message)]
  })
  await put(
    EVENTS,
    events.map((event) => [id(event.device), event.id, event.at, event.kind, event.body]),
  )
  await put(MESSAGES, bodies)
  await put(
    RECORD,
    record.map((entry) => [entry.t, entry.n, JSON.stringify(entry)]),
  )
  await put(
    DEVICES,
    (batch.devices ?? []).map((row) => [id(row.id), row.name, row.group]),
  )
  await put(
    GAPS,
    gaps.map(({ topic, from, to, why }) => [topic, from, to, why]),
  )
  await put(
    MARKS,
    marks.map(({ topic, cursor, at }) => [topic, cursor.epoch, cursor.seq, at]),
  )
  await put(MOMENTS, edge === undefined ? [] : [['edge', edge]])
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
    const put: Put = async (insert, rows) => {
      if (rows.length > 0) await engine.insert(tx, insert, rows)
    }
    await writeMinutes(engine, tx, symbols, minutes)
    await put(
      TRADES,
      trades.map((row) => tradeValues(symbols.get(row.symbol) ?? 0, row)),
    )
    await writeFixes(put, devices, fixes)
    await writeSlices(put, batch)
    await writeBegan(put, batch)
    await writeRest(put, devices, batch)
  })
}
