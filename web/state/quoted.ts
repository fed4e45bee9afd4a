import type { SymbolSnapshot } from '../../wire/market.ts'
import { mostDecimals, shareOf } from './format.ts'

/** What a row of the watchlist shows. `changed` counts up with each new price, `direction` says which way it went. */
export type Quoted = {
  last: number | null
  /** How many decimals last, bid and ask are shown with: alike, so that they can be compared; and the change. */
  decimals: number
  changeDecimals: number
  change: number | null
  share: number | null
  bid: number | null
  ask: number | null
  volume: number | null
  direction: -1 | 0 | 1
  changed: number
  heardAt: number
  gapAt: number | null
  refused: string | null
}

/** A symbol's state, and what has been noticed of it. */
export type Quotable = Pick<Quoted, 'direction' | 'changed' | 'heardAt' | 'gapAt' | 'refused'> & {
  state: SymbolSnapshot
}

export const UNQUOTED: Quoted = {
  last: null,
  decimals: 2,
  changeDecimals: 2,
  change: null,
  share: null,
  bid: null,
  ask: null,
  volume: null,
  direction: 0,
  changed: 0,
  heardAt: 0,
  gapAt: null,
  refused: null,
}

/** What a change is measured against: the previous close, or the day's open where there is none. */
export const referencePrice = ({ prev, day }: Pick<SymbolSnapshot, 'prev' | 'day'>): number | null =>
  prev?.price ?? day?.open ?? null

const quote = (entry: Quotable): Quoted => {
  const { state } = entry
  const last = state.last?.price ?? null
  const reference = referencePrice(state)
  const bid = state.quote?.bid ?? null
  const ask = state.quote?.ask ?? null
  const decimals = mostDecimals([last, bid, ask])
  const known = last !== null && reference !== null
  return {
    last,
    decimals,
    changeDecimals: Math.max(decimals, mostDecimals([reference])),
    change: known ? last - reference : null,
    share: known ? shareOf(last, reference) : null,
    bid,
    ask,
    volume: state.day?.volume ?? null,
    direction: entry.direction,
    changed: entry.changed,
    heardAt: entry.heardAt,
    gapAt: entry.gapAt,
    refused: entry.refused,
  }
}

/** What the row of a symbol shows now; that it cannot be shown where its data is broken. */
export const quoteSafely = (entry: Quotable): Quoted => {
  try {
    return quote(entry)
  } catch {
    return { ...UNQUOTED, refused: 'The data for this symbol can’t be shown.' }
  }
}
