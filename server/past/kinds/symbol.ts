import type { MinuteRow, TradeRow } from '../../../archive/archive.ts'
import { intervalStart } from '../../../wire/candles.ts'
import { type Candle, DAY, MINUTE, type Trade } from '../../../wire/market.ts'
import { symbolTopic, type Topic, topicId } from '../../../wire/topics.ts'
import { inLanes } from '../lanes.ts'
import { inOrder, nothing, type PastKind, type Tell } from '../past-kind.ts'
import type { Reads } from '../reads.ts'
import { allRows, firstRows } from '../rows.ts'
import { createRuns } from '../runs.ts'
import { writtenCandle, writtenTrade } from '../written.ts'
import { lastOf, type SymbolRows, symbolState } from './symbol-state.ts'

const HOUR = 60 * MINUTE
const HOURS_OF_A_DAY = 24
/** A minute is told once it is whole: as if that happened in its last millisecond. */
const WHOLE_MS = MINUTE - 1
/** Rows that are read ahead at once. */
const MOST = 500

/** A trade, or a minute that is whole. */
type Happened = { t: number; symbol: string } & ({ trade: Trade } | { minute: Candle })

const timeOfTrade = ({ trade }: TradeRow): number => trade.t
const startOf = ({ candle }: MinuteRow): number => candle.t

/**
 * Symbols as they were. Trades are told as they were made, where they are kept; else each minute once it is whole. A
 * minute of which only some trades are kept makes the symbol's state be read again.
 */
export const createPastSymbols = (archive: Reads): PastKind => {
  /** Of each symbol that was read: the minute of the newest trade that was told, and how many of its trades were. */
  const told = new Map<string, { t: number; count: number }>()
  const runs = createRuns((_topic, field, items) => ({ [field]: items }))

  const countOf = (symbol: string, minute: number): number => {
    const forming = told.get(symbol)
    return forming?.t === minute ? forming.count : 0
  }

  const tellMinute = (symbol: string, minute: Candle, tell: Tell): void => {
    const topic = symbolTopic(symbol)
    const count = countOf(symbol, minute.t)
    if (count === minute.count) return
    runs.flush(topic, tell)
    if (count > 0) tell.anew(topic)
    else tell.update(topic, { candles: [writtenCandle(minute)], last: lastOf(minute) })
  }

  const tellTrade = (symbol: string, trade: Trade, tell: Tell): void => {
    const t = intervalStart(trade.t, MINUTE)
    told.set(symbol, { t, count: countOf(symbol, t) + 1 })
    runs.add(symbolTopic(symbol), 'trades', writtenTrade(trade), tell)
  }
  const tellOne = (happened: Happened, tell: Tell): void => {
    const { symbol } = happened
    if (!told.has(symbol)) return
    if ('minute' in happened) tellMinute(symbol, happened.minute, tell)
    else tellTrade(symbol, happened.trade, tell)
  }

  return {
    atOnce: 50,
    read: async (topics, before) => {
      const symbols = topics.map(topicId)
      const rows = await readSymbols(archive, symbols, before)
      for (const [i, symbol] of symbols.entries())
        told.set(symbol, { t: intervalStart(before, MINUTE), count: rows[i]?.trades.length ?? 0 })
      const known = rows.map((row, i) => ({ row, topic: topics[i] }))
      return inLanes(known, async ({ row, topic }) => {
        const isKnown = row.candles.length + row.trades.length > 0 || (await isArchived(archive, topic))
        return isKnown ? () => symbolState(row) : null
      })
    },
    ahead: async (from, to) => {
      const symbols = [...told.keys()]
      if (symbols.length === 0) return nothing(to)
      const [trades, minutes] = await Promise.all([
        firstRows((...stretch) => archive.trades(symbols, ...stretch), timeOfTrade, from, to, MOST),
        firstRows((...stretch) => archive.minutes(symbols, ...stretch), startOf, from - WHOLE_MS, to - WHOLE_MS, MOST),
      ])
      const end = Math.min(trades.to, minutes.to + WHOLE_MS)
      const all: Happened[] = [
        ...trades.rows.map(({ symbol, trade }) => ({ t: trade.t, symbol, trade })),
        ...minutes.rows.map(({ symbol, candle }) => ({ t: candle.t + WHOLE_MS, symbol, minute: candle })),
      ]
      // Stable: the last trades of a minute come before it.
      return inOrder(
        all.sort((a, b) => a.t - b.t),
        end,
        tellOne,
        (tell) => runs.flushAll(tell),
      )
    },
    forget: (topic) => void told.delete(topicId(topic)),
  }
}

const isArchived = async (archive: Reads, topic: Topic | undefined): Promise<boolean> =>
  topic !== undefined && (await archive.complete(topic)) !== null

/** What the states of these symbols are made of. */
const readSymbols = async (archive: Reads, symbols: readonly string[], before: number): Promise<SymbolRows[]> => {
  const hour = intervalStart(before, HOUR)
  const minute = intervalStart(before, MINUTE)
  const [minutes, trades] = await Promise.all([
    allRows((...stretch) => archive.minutes(symbols, ...stretch), startOf, hour, minute),
    allRows((...stretch) => archive.trades(symbols, ...stretch), timeOfTrade, minute, before),
  ])
  const minutesOf = Map.groupBy(minutes, ({ symbol }) => symbol)
  const tradesOf = Map.groupBy(trades, ({ symbol }) => symbol)
  return inLanes(symbols, (symbol) => {
    const whole = (minutesOf.get(symbol) ?? []).map(({ candle }) => candle)
    const forming = (tradesOf.get(symbol) ?? []).map(({ trade }) => trade)
    return readSymbol(archive, symbol, before, { hour, whole, forming })
  })
}

type Known = { hour: number; whole: Candle[]; forming: Trade[] }

const readSymbol = async (
  archive: Reads,
  symbol: string,
  before: number,
  { hour, whole, forming }: Known,
): Promise<SymbolRows> => {
  const [hours, last] = await Promise.all([
    archive.candles({ symbol, interval: HOUR, before: hour, limit: HOURS_OF_A_DAY }),
    archive.lastTrade(symbol, before),
  ])
  const candles = [...hours.map(({ candle }) => candle), ...whole]
  const newest = candles.at(-1)
  const day = newest && intervalStart(newest.t, DAY)
  const newestOf = async (interval: number, end: number): Promise<Candle | null> =>
    (await archive.candles({ symbol, interval, before: end, limit: 1 }))[0]?.candle ?? null
  return {
    candles,
    minute: whole.at(-1) ?? (newest ? await newestOf(MINUTE, hour) : null),
    dayBefore: day === undefined ? null : await newestOf(DAY, day),
    trades: forming,
    last: last?.trade ?? null,
  }
}
