import type { MinuteRow } from '../../archive/archive.ts'
import { foldTrade, intervalStart } from '../../wire/candles.ts'
import { type Candle, MINUTE, type Trade } from '../../wire/market.ts'
import { type Topic, topicId } from '../../wire/topics.ts'
import type { PullPorts } from './pull.ts'

/** A trade, and when Redis took it (Unix ms). */
export type Told = { trade: Trade; at: number }

/** A trade that comes so long after the end of its minute is late: the minute was shown as whole by then. */
const LATE_MS = 2000

const isLate = ({ trade, at }: Told): boolean => at > intervalStart(trade.t, MINUTE) + MINUTE + LATE_MS

/**
 * The row of a minute as it is now. `told`: its trades since the mark. Where some were late, and the minute had been
 * there before them, it says so, and what it was where that is known. A minute that was over before the symbol was
 * archived is history that a feed fills in: nobody saw it in another way.
 */
export const rowOfMinute = async (
  { archive }: Pick<PullPorts, 'archive'>,
  topic: Topic,
  candle: Candle,
  told: readonly Told[],
  began: () => Promise<number | null>,
): Promise<MinuteRow> => {
  const symbol = topicId(topic)
  const late = told.filter(isLate)
  const changed = late.at(-1)?.at
  const others = candle.count - late.length
  if (changed === undefined || others <= 0) return { symbol, candle }
  const inTime = told.filter((each) => !isLate(each)).map(({ trade }) => trade)
  const end = candle.t + MINUTE
  if (inTime.length === 0 && ((await began()) ?? Number.POSITIVE_INFINITY) > end) return { symbol, candle }
  const [stored] = await archive.candles({ symbol, interval: MINUTE, from: candle.t, before: end, limit: 1 })
  const before = inTime.reduce<Candle | null>((folded, trade) => foldTrade(folded, trade, MINUTE), stored?.candle ?? null)
  const isKnown = stored?.changed === undefined && before?.count === others
  return { symbol, candle, changed, ...(isKnown && before && { seen: before }) }
}
