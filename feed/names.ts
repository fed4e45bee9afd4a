import { describeSymbol } from '../wire/calls.ts'
import { checkSymbol } from '../wire/descriptions.ts'
import type { SymbolDescription } from '../wire/market.ts'
import type { Delivery } from './delivery.ts'
import type { Port } from './port.ts'

/** The descriptions of symbols, told to Redis once, and again after Redis was away: it may have come back empty. */
export type Described = { symbol: string } & SymbolDescription
export type Names = {
  add: (symbols: readonly Described[]) => void
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

export const createNames = (
  port: Port,
  failed: Delivery['failed'],
  onAnswer: () => void,
  say: (line: string) => void,
): Names => {
  const names = new Map<string, SymbolDescription>()
  const waiting = new Set<string>()
  const failing = new Set<string>()
  return {
    add: (symbols) => {
      for (const { symbol, ...description } of symbols) {
        const { wrong } = checkSymbol(description)
        if (wrong.length > 0)
          say(`The description of ${symbol} goes without its ${wrong.join(', ')}: not as it should be.`)
        names.set(symbol, description)
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
      const calls = symbols.flatMap((symbol) => {
        const { name = symbol, ...more } = names.get(symbol) ?? {}
        return describeSymbol(symbol, name, more)
      })
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
