import { describeSymbol } from '../wire/calls.ts'
import { checkSymbol } from '../wire/descriptions.ts'
import type { SymbolDescription } from '../wire/market.ts'
import type { Port } from './port.ts'
import type { Tally } from './tally.ts'
import { createTold, type Told } from './told.ts'

/** A symbol and what is known of it. */
export type DescribedSymbol = { symbol: string } & SymbolDescription

/** The descriptions of symbols, told to Redis once, and again after Redis was away: it may have come back empty. */
export type SymbolDescriptions = Omit<Told, 'add'> & {
  add: (symbols: readonly DescribedSymbol[]) => void
  addAllAgain: () => void
}

const MOST_AT_ONCE = 100

export const createSymbolDescriptions = (
  port: Port,
  failed: Tally['failed'],
  onAnswer: () => void,
  say: (line: string) => void,
): SymbolDescriptions => {
  const known = new Map<string, SymbolDescription>()
  const told = createTold(MOST_AT_ONCE, async (symbols) => {
    const calls = symbols.flatMap((symbol) => {
      const { name = symbol, ...more } = known.get(symbol) ?? {}
      return describeSymbol(symbol, name, more)
    })
    const replies = await port.run(calls)
    const again = new Set<string>()
    for (const [place, reply] of replies.entries()) {
      const symbol = symbols[place >> 1] ?? ''
      if (!(reply instanceof Error)) onAnswer()
      else if (failed(reply, () => symbol)) again.add(symbol)
    }
    return again
  })
  return {
    ...told,
    add: (symbols) => {
      for (const { symbol, ...description } of symbols) {
        const { wrong } = checkSymbol(description)
        if (wrong.length > 0)
          say(`The description of ${symbol} goes without its ${wrong.join(', ')}: not as it should be.`)
        known.set(symbol, description)
        told.add(symbol)
      }
    },
    addAllAgain: () => {
      for (const symbol of known.keys()) told.add(symbol)
    },
  }
}
