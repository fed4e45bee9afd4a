import type { Port } from '../../feed/port.ts'
import { publishMarket } from '../../wire/calls.ts'
import type { SymbolSnapshot } from '../../wire/market.ts'

/** The price that Redis holds of each symbol that has traded, to go on from; null where Redis cannot tell now. */
export const lastPrices = async (port: Port, symbols: readonly string[]): Promise<Map<string, number> | null> => {
  // wf1_read_symbol takes the same keys as wf1_market, and a cursor: none.
  const calls = symbols.map((symbol) => ({
    name: 'wf1_read_symbol',
    keys: publishMarket(symbol, [], []).keys,
    args: ['', ''],
  }))
  const replies = await port.run(calls)
  const prices = new Map<string, number>()
  for (const [place, reply] of replies.entries()) {
    if (reply instanceof Error) return null
    const [kind, , , , body] = reply as string[]
    const last = kind === 'snapshot' && body ? (JSON.parse(body) as SymbolSnapshot).last : null
    if (last) prices.set(symbols[place] ?? '', last.price)
  }
  return prices
}
