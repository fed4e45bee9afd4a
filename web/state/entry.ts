import { type Signal, signal } from '@preact/signals'
import type { SymbolSnapshot } from '../../wire/market.ts'
import { type Quoted, UNQUOTED } from './quoted.ts'
import type { SparkPoint } from './spark.ts'

/** One symbol. `state` is the truth, `quoted` what was last handed to the views, once a frame. */
export type Entry = {
  symbol: string
  name: string
  state: SymbolSnapshot
  /** The last hour by minutes, oldest first. */
  spark: SparkPoint[]
  quoted: Signal<Quoted>
  direction: -1 | 0 | 1
  changed: number
  heardAt: number
  gapAt: number | null
  refused: string | null
}

const EMPTY: SymbolSnapshot = { last: null, quote: null, day: null, prev: null, candle: null }

export const newEntry = (symbol: string): Entry => ({
  ...{ symbol, name: '', state: EMPTY, spark: [], quoted: signal(UNQUOTED) },
  ...{ direction: 0, changed: 0, heardAt: 0, gapAt: null, refused: null },
})

/** Gives an entry its next state. A price that differs is a change, up or down: the row flashes. */
export const become = (entry: Entry, state: SymbolSnapshot): void => {
  const before = entry.state.last
  const after = state.last
  entry.state = state
  if (before && after && after.price !== before.price) {
    entry.direction = after.price > before.price ? 1 : -1
    entry.changed++
  }
  entry.refused = null
}

/** Leaves nothing in an entry of what was known. */
export const forget = (entry: Entry): void => {
  entry.state = EMPTY
  entry.spark = []
  entry.heardAt = 0
  entry.gapAt = null
}
