import type { CandlesReply } from '../../wire/api.ts'
import { standing } from '../../wire/cursors.ts'
import { type Candle, INTERVALS, type Interval } from '../../wire/market.ts'
import type { Cursor, Update } from '../../wire/protocol.ts'
import { foldInto, mergeInto } from './fold.ts'
import { createPages } from './pages.ts'
import { after } from './past/after.ts'

/** The most candles kept of one chart, older ones that were asked for by panning included. */
const MOST_CANDLES = 6_000

/**
 * The candles of one chart: history as of a cursor, older pages before it, and the updates above it. In the past history
 * is as of a moment instead: whichever update comes next follows, without what was there by then. Knows nothing of how
 * history is read.
 */
export const createCandleSeries = () => {
  let candles: Candle[] = []
  let cursor: Cursor | null = null
  /** The moment that history is as of; null: it is as of a cursor. */
  let moment: number | null = null
  /** Trades came that belong before the first bar: there is more history than was read. */
  let behind = false
  const pages = createPages()

  /** Returns whether the update follows what is here; where it does not, history has to be read again. */
  const apply = (told: Update, interval: Interval): boolean => {
    const stands = cursor !== null ? standing(cursor, told) : moment === null ? 'gap' : 'next'
    if (stands !== 'next') return stands === 'repeat'
    cursor = { epoch: told.epoch, seq: told.seq }
    const update = moment === null ? told : after(told, moment)
    if (update === null) return false
    const first = candles[0]?.t ?? 0
    for (const { t } of update.trades ?? update.candles ?? []) behind ||= t < first
    for (const trade of update.trades ?? [])
      if (pages.has(trade.t, update) === 'none') foldInto(candles, trade, INTERVALS[interval])
    for (const minute of update.candles ?? []) {
      const had = pages.has(minute.t, update)
      if (had === 'part') return false
      if (had === 'none') mergeInto(candles, minute, INTERVALS[interval])
    }
    return true
  }

  return {
    candles: (): Candle[] => candles,
    /** Where the candles stand; null: at no number. */
    cursor: (): Cursor | null => cursor,
    /** Whether they stand nowhere, so that no update can follow. */
    isLost: (): boolean => cursor === null && moment === null,
    /** Whether there is room for older candles. */
    hasRoom: (): boolean => candles.length > 0 && candles.length < MOST_CANDLES,
    apply,
    /**
     * History was read, as of `asked` where it is of the past; `held` came meanwhile. Returns false where it does not
     * lead on: read again.
     */
    adopt: (reply: CandlesReply, held: readonly Update[], asked: number | null = null): boolean => {
      const { candles: read, cursor: asOf, interval } = reply
      candles = [...read]
      pages.clear()
      moment = asked
      cursor = asked === null ? asOf : null
      // Updates of a life of the counter that has ended meanwhile, or before it began, are in the history already.
      const follow = held.filter(({ epoch }) => asked !== null || epoch === asOf.epoch)
      return follow.every((update) => apply(update, interval))
    },
    /** One page more of the past, which was asked for before the candle `first`. Not taken where that has changed. */
    prepend: (page: CandlesReply, first: Candle): boolean => {
      if (candles[0] !== first) return false
      pages.add(first.t, page.cursor)
      candles = [...page.candles.filter(({ t }) => t < first.t), ...candles]
      return true
    },
    /** Whether trades older than the first bar have come since this was asked last. */
    takeBehind: (): boolean => {
      const was = behind
      behind = false
      return was
    },
    /** The candles stay to be looked at, but nothing can follow them any more. */
    lose: (): void => {
      cursor = null
      moment = null
    },
    clear: (): void => {
      candles = []
      pages.clear()
      cursor = null
      moment = null
      behind = false
    },
  }
}
export type CandleSeries = ReturnType<typeof createCandleSeries>
