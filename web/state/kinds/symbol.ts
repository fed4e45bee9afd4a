import type { SymbolSnapshot } from '../../../wire/market.ts'
import type { Chart } from '../chart.ts'
import type { Market } from '../market.ts'
import { isWithheld } from '../refusal.ts'
import type { KindStore } from './kind-store.ts'

/** A symbol: its row in the watchlist, and the chart where it is open. */
export const symbolStore = ({ market, chart }: { market: Market; chart: Chart }): KindStore<SymbolSnapshot> => ({
  snapshot: (symbol, snapshot, cursor, { now, serverNow }) => {
    market.snapshot(symbol, snapshot, now, serverNow)
    chart.snapshot(symbol, cursor)
  },
  update: (symbol, update, { now }) => {
    market.update(symbol, update, now)
    chart.update(symbol, update)
  },
  gap: (symbol, { now }) => market.gap(symbol, now),
  refused: (symbol, error) => {
    if (!isWithheld(error)) return market.refuse(symbol, error.message)
    market.withhold(symbol)
    chart.withhold(symbol)
  },
})
