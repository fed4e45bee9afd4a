import { type Signal, signal } from '@preact/signals'
import type { SymbolRow } from '../../wire/api.ts'
import { applyMarket, intervalStart } from '../../wire/candles.ts'
import { MINUTE, type SymbolSnapshot, type SymbolUpdate } from '../../wire/market.ts'

/** What a row of the watchlist shows. `changed` counts up with each new price, `direction` says which way it went. */
export type Quoted = {
  last: number | null
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

/** One symbol. `state` is the truth, `quoted` what was last handed to the views, once a frame. */
export type Entry = {
  symbol: string
  name: string
  state: SymbolSnapshot
  spark: number[]
  sparkMinute: number
  quoted: Signal<Quoted>
  direction: -1 | 0 | 1
  changed: number
  heardAt: number
  gapAt: number | null
  refused: string | null
}

const EMPTY: SymbolSnapshot = { last: null, quote: null, day: null, prev: null, candle: null }
const UNQUOTED: Quoted = {
  last: null,
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
const SPARK_POINTS = 60

/** What a change is measured against: the previous close, or the day's open where there is none. */
export const referencePrice = ({ prev, day }: Pick<SymbolSnapshot, 'prev' | 'day'>): number | null =>
  prev?.price ?? day?.open ?? null

const quote = (entry: Entry): Quoted => {
  const { state } = entry
  const last = state.last?.price ?? null
  const reference = referencePrice(state)
  const change = last === null || reference === null ? null : last - reference
  return {
    last,
    change,
    share: change === null || !reference ? null : change / reference,
    bid: state.quote?.bid ?? null,
    ask: state.quote?.ask ?? null,
    volume: state.day?.volume ?? null,
    direction: entry.direction,
    changed: entry.changed,
    heardAt: entry.heardAt,
    gapAt: entry.gapAt,
    refused: entry.refused,
  }
}

/** The sparkline goes on: the newest point is the forming minute, and each new minute shifts it by one. */
const extendSpark = (entry: Entry): void => {
  const { last } = entry.state
  if (last === null) return
  const minute = intervalStart(last.t, MINUTE)
  if (minute > entry.sparkMinute || entry.spark.length === 0) entry.spark.push(last.price)
  else entry.spark[entry.spark.length - 1] = last.price
  if (entry.spark.length > SPARK_POINTS) entry.spark.shift()
  entry.sparkMinute = Math.max(minute, entry.sparkMinute)
}

/**
 * All symbols that this browser knows. `wake` is called when something is to be shown, {@link flush} then hands
 * it to the views: work for the DOM is done once a frame, however many updates came.
 */
export const createMarket = (wake: () => void) => {
  const entries = new Map<string, Entry>()
  const changed = new Set<Entry>()
  const listed = signal<readonly Entry[]>([])

  const entry = (symbol: string): Entry => {
    const known = entries.get(symbol)
    if (known) return known
    const made: Entry = {
      symbol,
      name: '',
      state: EMPTY,
      spark: [],
      sparkMinute: 0,
      quoted: signal(UNQUOTED),
      direction: 0,
      changed: 0,
      heardAt: 0,
      gapAt: null,
      refused: null,
    }
    entries.set(symbol, made)
    return made
  }

  const show = (entry: Entry): void => {
    changed.add(entry)
    wake()
  }

  const become = (entry: Entry, state: SymbolSnapshot): void => {
    const before = entry.state.last
    const after = state.last
    entry.state = state
    if (before && after && after.price !== before.price) {
      entry.direction = after.price > before.price ? 1 : -1
      entry.changed++
    }
    extendSpark(entry)
    entry.refused = null
    show(entry)
  }

  return {
    entry,
    /** Every symbol of `GET /api/symbols`, in its order. */
    listed,
    list: (rows: readonly SymbolRow[]): void => {
      listed.value = rows.map(({ symbol, name, last, prev, quote, spark }) => {
        const known = entry(symbol)
        known.name = name
        if (known.heardAt === 0) {
          known.state = { ...known.state, last, prev, quote }
          known.spark = [...spark]
          known.sparkMinute = last ? intervalStart(last.t, MINUTE) : 0
        } else if (spark.length > known.spark.length) known.spark = [...spark]
        show(known)
        return known
      })
    },
    /** A symbol's state anew; `now` is this browser's clock, `serverNow` the server's. */
    snapshot: (symbol: string, state: SymbolSnapshot, now: number, serverNow: number): void => {
      const known = entry(symbol)
      const spoke = Math.max(state.last?.t ?? 0, state.quote?.t ?? 0)
      known.heardAt = spoke === 0 ? 0 : now - Math.max(0, serverNow - spoke)
      become(known, state)
    },
    update: (symbol: string, update: SymbolUpdate, now: number): void => {
      const known = entry(symbol)
      known.heardAt = now
      become(known, applyMarket(known.state, update))
    },
    gap: (symbol: string, now: number): void => {
      const known = entry(symbol)
      known.gapAt = now
      show(known)
    },
    refuse: (symbol: string, message: string): void => {
      const known = entry(symbol)
      known.refused = message
      show(known)
    },
    flush: (): void => {
      for (const one of changed) one.quoted.value = quote(one)
      changed.clear()
    },
  }
}
export type Market = ReturnType<typeof createMarket>
