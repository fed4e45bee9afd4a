import { signal } from '@preact/signals'
import type { SymbolRow } from '../../wire/api.ts'
import { applyMarket } from '../../wire/candles.ts'
import type { SymbolSnapshot, SymbolUpdate } from '../../wire/market.ts'
import { become, type Entry, forget, newEntry } from './entry.ts'
import { quoteSafely } from './quoted.ts'
import { NOT_SEEN } from './refusal.ts'
import { foldSpark, sparkOf, sparkUpdate } from './spark.ts'

/**
 * All symbols that this browser knows. `wake` is called when something is to be shown, {@link flush} then hands
 * it to the views: work for the DOM is done once a frame, however many updates came.
 */
export const createMarket = (wake: () => void) => {
  const entries = new Map<string, Entry>()
  const changed = new Set<Entry>()
  const listed = signal<readonly Entry[]>([])
  let pastCame = false

  const entry = (symbol: string): Entry => {
    const known = entries.get(symbol)
    if (known) return known
    const made = newEntry(symbol)
    entries.set(symbol, made)
    return made
  }

  const show = (entry: Entry): void => {
    changed.add(entry)
    wake()
  }

  return {
    entry,
    /** Every symbol of `GET /api/symbols`, in its order. */
    listed,
    list: (rows: readonly SymbolRow[]): void => {
      listed.value = rows.map(({ symbol, name, last, prev, day, quote, spark }) => {
        const known = entry(symbol)
        known.name = name
        if (known.heardAt === 0) known.state = { ...known.state, last, prev, day, quote }
        if (last && spark.length > known.spark.length) known.spark = sparkOf(spark, last.t)
        return known
      })
      for (const one of entries.values()) show(one)
    },
    /** All symbols come anew, as of another moment. What is shown stays until the list has come. */
    rewind: (): void => {
      for (const one of entries.values()) {
        forget(one)
        one.refused = null
      }
    },
    /** A symbol's state anew; `now` is this browser's clock, `serverNow` the server's. */
    snapshot: (symbol: string, state: SymbolSnapshot, now: number, serverNow: number): void => {
      const known = entry(symbol)
      const spoke = Math.max(state.last?.t ?? 0, state.quote?.t ?? 0)
      known.heardAt = spoke === 0 ? 0 : now - Math.max(0, serverNow - spoke)
      if (state.last) foldSpark(known.spark, state.last)
      become(known, state)
      show(known)
    },
    update: (symbol: string, update: SymbolUpdate, now: number): void => {
      const known = entry(symbol)
      known.heardAt = now
      if (sparkUpdate(known.spark, update)) pastCame = true
      become(known, applyMarket(known.state, update))
      show(known)
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
    /** It may not be seen: nothing that was known of it stays. */
    withhold: (symbol: string): void => {
      const known = entry(symbol)
      forget(known)
      known.refused = NOT_SEEN
      show(known)
    },
    /** Whether trades of the past have come since this was asked last: a feed is writing history. */
    takePast: (): boolean => {
      const came = pastCame
      pastCame = false
      return came
    },
    flush: (): void => {
      // One that cannot be shown does not keep the others from being shown.
      for (const one of changed) {
        changed.delete(one)
        one.quoted.value = quoteSafely(one)
      }
    },
  }
}
export type Market = ReturnType<typeof createMarket>
