import { describeSymbol } from '../wire/calls.ts'
import type { Delivery } from './delivery.ts'
import type { Port } from './port.ts'

/** The names of symbols, told to Redis once, and again after Redis was away: it may have come back empty. */
export type Names = {
  add: (symbols: readonly { symbol: string; name: string }[]) => void
  addAllAgain: () => void
  /** How many can be told now. */
  waiting: () => number
  /** How many failed when they were told last; `retry` lets them be told again. */
  failing: () => number
  retry: () => void
  /** Tells the next of them. */
  send: () => Promise<void>
}

const MOST_AT_ONCE = 100

export const createNames = (port: Port, failed: Delivery['failed'], onAnswer: () => void): Names => {
  const names = new Map<string, string>()
  const waiting = new Set<string>()
  const failing = new Set<string>()
  return {
    add: (symbols) => {
      for (const { symbol, name } of symbols) {
        names.set(symbol, name)
        waiting.add(symbol)
      }
    },
    addAllAgain: () => {
      for (const symbol of names.keys()) waiting.add(symbol)
    },
    waiting: () => waiting.size,
    failing: () => failing.size,
    retry: () => {
      for (const symbol of failing) waiting.add(symbol)
    },
    send: async () => {
      const symbols = [...waiting].slice(0, MOST_AT_ONCE)
      for (const symbol of symbols) waiting.delete(symbol)
      const calls = symbols.flatMap((symbol) => describeSymbol(symbol, names.get(symbol) ?? symbol))
      const replies = await port.run(calls)
      for (const symbol of symbols) failing.delete(symbol)
      for (const [place, reply] of replies.entries()) {
        const symbol = symbols[place >> 1] ?? ''
        if (!(reply instanceof Error)) onAnswer()
        else if (failed(reply, () => symbol)) failing.add(symbol)
      }
    },
  }
}
