import type { MinuteRow } from '../../archive/archive.ts'
import { foldTrade, intervalStart } from '../../wire/candles.ts'
import { type Candle, MINUTE, type Trade } from '../../wire/market.ts'
import { type Topic, topicId } from '../../wire/topics.ts'
import type { PullPorts, Shown } from './pull.ts'

/** A trade, and when Redis took it (Unix ms). */
export type Told = { trade: Trade; at: number }

/** A trade that comes so long after the end of its minute is late: the minute was shown as whole by then. */
const LATE_MS = 2000

const isLate = ({ trade, at }: Told): boolean => at > intervalStart(trade.t, MINUTE) + MINUTE + LATE_MS

/** Minutes of a symbol that are remembered as shown: six hours. */
const MOST_SHOWN = 360

/** Notes which minutes of a symbol people saw. */
export const noteShown = (shown: Shown, topic: Topic, told: readonly Told[]): void => {
  const own = shown.get(topic) ?? new Set()
  shown.set(topic, own)
  for (const each of told) if (!isLate(each)) own.add(intervalStart(each.trade.t, MINUTE))
  for (const oldest of own) {
    if (own.size <= MOST_SHOWN) return
    own.delete(oldest)
  }
}

/**
 * The row of a minute as it is now. `told`: its trades since the mark. Where some were late, and people had seen the
 * minute before them, it says so, and what it was where that is known. What nobody saw in another way is history that a
 * feed fills in.
 */
export const rowOfMinute = async (
  { archive, shown }: Pick<PullPorts, 'archive' | 'shown'>,
  topic: Topic,
  candle: Candle,
  told: readonly Told[],
): Promise<MinuteRow> => {
  const symbol = topicId(topic)
  const late = told.filter(isLate)
  const changed = late.at(-1)?.at
  if (changed === undefined || !shown.get(topic)?.has(candle.t)) return { symbol, candle }
  const wanted = { symbol, interval: MINUTE, from: candle.t, before: candle.t + MINUTE, limit: 1 }
  const [stored] = await archive.candles(wanted)
  const inTime = told.filter((each) => !isLate(each)).map(({ trade }) => trade)
  const before = inTime.reduce<Candle | null>(
    (folded, trade) => foldTrade(folded, trade, MINUTE),
    stored?.candle ?? null,
  )
  const isKnown = stored?.changed === undefined && before?.count === candle.count - late.length
  return { symbol, candle, changed, ...(isKnown && before && { seen: before }) }
}
