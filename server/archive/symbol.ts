import type { GapRow, TradeRow } from '../../archive/archive.ts'
import { intervalStart } from '../../wire/candles.ts'
import { MINUTE, type SymbolUpdate } from '../../wire/market.ts'
import { type Topic, topicId, topicKey } from '../../wire/topics.ts'
import { noteShown, rowOfMinute, type Told } from './late.ts'
import { type Logged, readLog, readWholeLog } from './log.ts'
import { readAllMinutes, readTheseMinutes } from './minutes.ts'
import { type Pull, type Pulled, type PullPorts, spanOf } from './pull.ts'

/** The minutes that trades since the mark fall in, and these trades where they are archived. */
export const pullSymbol: Pull = async (ports, topic, mark, now) => {
  const page = await readLog<SymbolUpdate>(ports, topic, mark, now, false)
  if (page === null) return pullWhole(ports, topic, mark?.seq ?? null, now)
  const told = page.updates.flatMap(toldBy)
  const byMinute = Map.groupBy(told, ({ trade }) => intervalStart(trade.t, MINUTE))
  const candles = await readTheseMinutes(ports, topic, [...byMinute.keys()])
  noteShown(ports.shown, topic, told)
  const minutes = await Promise.all(
    candles.map((candle) => rowOfMinute(ports, topic, candle, byMinute.get(candle.t) ?? [])),
  )
  return {
    rows: { minutes, trades: tradesFor(ports, topic, told) },
    cursor: page.cursor,
    more: page.more,
    times: spanOf(told.map(({ trade }) => trade.t)),
  }
}

const toldBy = ({ at, body: { trades = [] } }: Logged<SymbolUpdate>): Told[] => trades.map((trade) => ({ trade, at }))

const tradesFor = ({ keepsTrades }: PullPorts, topic: Topic, told: readonly Told[]): TradeRow[] => {
  const symbol = topicId(topic)
  return keepsTrades(symbol) ? told.map(({ trade, at }) => ({ symbol, trade, at })) : []
}

/** Everything that Redis has, and what may be missing before it. `seq`: how far the symbol was archived; null: not at all. */
const pullWhole = async (
  ports: PullPorts,
  topic: Topic,
  seq: number | null,
  now: Pulled['cursor'],
): Promise<Pulled> => {
  const symbol = topicId(topic)
  const [candles, since] = await Promise.all([
    readAllMinutes(ports, topic),
    ports.ask(topicKey(topic), 'hget', 'since'),
  ])
  const { trades, gaps } = await wholeTrades(ports, topic, seq)
  if (seq !== null) gaps.push(...(await lostMinutes(ports, topic, Number(since ?? 0))))
  const rows = { minutes: candles.map((candle) => ({ symbol, candle })), trades, gaps }
  return { rows, cursor: now, more: false, times: null }
}

/** Minutes that Redis dropped before they were archived lie between the newest that is and the first that is kept. */
const lostMinutes = async ({ archive }: PullPorts, topic: Topic, since: number): Promise<GapRow[]> => {
  const symbol = topicId(topic)
  const [newest] = since > 0 ? await archive.candles({ symbol, interval: MINUTE, limit: 1 }) : []
  const from = newest ? newest.candle.t + MINUTE : since
  return from < since ? [{ topic, from, to: since, why: 'Redis no longer had these minutes' }] : []
}

const wholeTrades = async (
  ports: PullPorts,
  topic: Topic,
  seq: number | null,
): Promise<{ trades: TradeRow[]; gaps: GapRow[] }> => {
  const symbol = topicId(topic)
  if (!ports.keepsTrades(symbol)) return { trades: [], gaps: [] }
  const { updates, isWhole } = await readWholeLog<SymbolUpdate>(ports, topic, (seq ?? 0) + 1)
  const trades = tradesFor(ports, topic, updates.flatMap(toldBy))
  const to = spanOf(trades.map(({ trade }) => trade.t))?.oldest
  const last = seq === null || isWhole || to === undefined ? null : await ports.archive.lastTrade(symbol, to)
  if (last === null || to === undefined) return { trades, gaps: [] }
  return { trades, gaps: [{ topic, from: last.trade.t, to, why: 'Redis no longer had these trades' }] }
}
