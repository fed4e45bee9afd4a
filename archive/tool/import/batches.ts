import type { Fix } from '../../../wire/fleet.ts'
import { OTHER } from '../../../wire/groups.ts'
import type { Candle, Trade } from '../../../wire/market.ts'
import type { Archive, DeviceRow, FixRow, MinuteRow, TradeRow } from '../../archive.ts'

/** How many rows of each kind were written. */
export type Written = { minutes: number; trades: number; fixes: number }

/** Gathers rows and writes them many at once. */
export type Batches = {
  minute: (symbol: string, candle: Candle) => void
  trade: (symbol: string, trade: Trade) => void
  fix: (fix: Fix) => void
  isFull: () => boolean
  flush: () => Promise<void>
  written: () => Written
}

/** Rows of one batch: some ten milliseconds of the database. */
const ROWS = 5000

/** `known`: devices that the archive knows already; those it does not are told by their id. */
export const createBatches = (archive: Pick<Archive, 'write'>, known: Set<string>): Batches => {
  const written: Written = { minutes: 0, trades: 0, fixes: 0 }
  let [minutes, trades, fixes, devices]: [MinuteRow[], TradeRow[], FixRow[], DeviceRow[]] = [[], [], [], []]
  return {
    minute: (symbol, candle) => void minutes.push({ symbol, candle }),
    // Nobody knows when somebody else's floor took it: as if at once.
    trade: (symbol, trade) => void trades.push({ symbol, trade, at: trade.t }),
    fix: (fix) => {
      fixes.push({ fix, at: fix.t })
      if (known.has(fix.id)) return
      known.add(fix.id)
      devices.push({ id: fix.id, name: fix.id, group: OTHER })
    },
    isFull: () => minutes.length + trades.length + fixes.length >= ROWS,
    flush: async () => {
      if (minutes.length + trades.length + fixes.length === 0) return
      await archive.write({ minutes, trades, fixes, devices })
      written.minutes += minutes.length
      written.trades += trades.length
      written.fixes += fixes.length
      minutes = []
      trades = []
      fixes = []
      devices = []
    },
    written: () => ({ ...written }),
  }
}
