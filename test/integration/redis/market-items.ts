import * as fc from 'fast-check'
import { type Call, publishMarket } from '../../../wire/calls.ts'
import { DAY, type Quote, type Trade } from '../../../wire/market.ts'
import { batches, distinctTrades, quotes } from '../../unit/wire/arbitraries.ts'

/** Something to publish: good, or `bad` for a reason that the function library must name. */
export type Item = { trade: Trade } | { quote: Quote } | { bad: readonly string[]; reason: string }

/** The start of a UTC day such that the three days from it are over. */
export const BASE = Math.floor(Date.now() / DAY) * DAY - 3 * DAY

const trade = { id: '7', t: String(BASE), price: '1.5', size: '2', side: '' }
const quote = { t: String(BASE), bid: '1', bidSize: '2', ask: '3', askSize: '4' }

const NO_NUMBER = [
  '',
  ' ',
  'x',
  '1 ',
  ' 1',
  '1,5',
  '1.2.3',
  '1e',
  'e5',
  '--1',
  '+1',
  '.5',
  '0x1A',
  '0X10',
  '1\n',
  '1\0',
]
const NOT_FINITE = ['NaN', 'nan', '-nan', 'nan(1)', 'Infinity', 'inf', '-inf', '1e999']
const NO_PRICE = [...NO_NUMBER, ...NOT_FINITE, '1e-400', '-1e-400', '1.1e15', '-2e15']
const NO_SIZE = [...NO_NUMBER, ...NOT_FINITE, '-1', '-1e-9', '1e-400', '1.1e15']
const NO_ID = [...NO_NUMBER, ...NOT_FINITE, '0', '-1', '1.5', '9007199254740992', '9007199254740993', '1e17']
const noTime = (): string[] => [
  ...[...NO_NUMBER, ...NOT_FINITE, '0', '-1', '1', String(BASE / 1000), `${BASE}.5`, `${BASE}000`],
  ...[String(Date.UTC(2000, 0, 1) - 1), String(Date.now() + 60 * 60_000)],
]

/** Every way in which one value of a trade or quote can be wrong. */
export const wrongItems = (): { bad: string[]; reason: string }[] => {
  const trades = (field: keyof typeof trade, reason: string, values: readonly string[]) =>
    values.map((value) => ({ bad: ['T', ...Object.values({ ...trade, [field]: value })], reason }))
  const quotes = (field: keyof typeof quote, reason: string, values: readonly string[]) =>
    values.map((value) => ({ bad: ['Q', ...Object.values({ ...quote, [field]: value })], reason }))
  return [
    ...trades('id', 'id', NO_ID),
    ...trades('t', 'time', noTime()),
    ...trades('price', 'price', NO_PRICE),
    ...trades('size', 'size', NO_SIZE),
    ...trades('side', 'side', ['BUY', 'b', ' ', 'buy ', '"', 'buy","x":"', '0']),
    ...quotes('t', 'time', noTime()),
    ...quotes('bid', 'price', NO_PRICE),
    ...quotes('ask', 'price', NO_PRICE),
    ...quotes('bidSize', 'size', NO_SIZE),
    ...quotes('askSize', 'size', NO_SIZE),
    ...['', 't', 'q', 'TQ', 'X', ' T', '1'].map((kind) => ({ bad: [kind, ...Object.values(trade)], reason: 'kind' })),
  ]
}

/** One call of wf1_market with items in any order. */
export const marketCall = (symbol: string, items: readonly Item[]): Call => ({
  ...publishMarket(symbol, [], []),
  args: items.flatMap((item) => {
    if ('bad' in item) return [...item.bad]
    if ('trade' in item) return publishMarket(symbol, [item.trade], []).args
    return publishMarket(symbol, [], [item.quote]).args
  }),
})

/** Calls with trades in any order, some of them again (as they were or changed), quotes and wrong items among them. */
export const marketCalls: fc.Arbitrary<Item[][]> = fc
  .tuple(
    distinctTrades(BASE, 24),
    fc.array(fc.tuple(fc.nat(), fc.nat(), fc.boolean()), { maxLength: 10 }),
    fc.array(fc.tuple(quotes(BASE), fc.nat()), { maxLength: 8 }),
    fc.array(fc.tuple(fc.constantFrom(...wrongItems()), fc.nat()), { maxLength: 6 }),
  )
  .chain(([trades, repeats, given, wrong]) => {
    const items: Item[] = trades.map((trade) => ({ trade }))
    const insert = (item: Item, place: number): void => void items.splice(place % (items.length + 1), 0, item)
    for (const [which, place, changed] of repeats) {
      const again = trades[which % trades.length]
      if (again)
        insert(
          { trade: changed ? { ...again, price: again.price < 1 ? 2 : again.price / 3, t: again.t + 1 } : again },
          place,
        )
    }
    for (const [quote, place] of given) {
      insert({ quote }, place)
      if (place % 3 === 0) insert({ quote }, place + 1)
    }
    for (const [item, place] of wrong) insert(item, place)
    return batches(items)
  })

/** What one call is to take, of items in their order. */
export type Taken = { trades: Trade[]; quote: Quote | null; accepted: number; repeats: number; refused: string[] }

const sameQuote = (a: Quote, b: Quote): boolean =>
  a.t === b.t && a.bid === b.bid && a.ask === b.ask && a.bidSize === b.bidSize && a.askSize === b.askSize

/** Says, call by call, what a symbol's topic is to take: each source number once, no quote older than the last. */
export const createTaker = () => {
  const seen = new Set<number>()
  const isNew = (id: number): boolean => !seen.has(id) && seen.add(id) !== null
  let current: Quote | null = null
  return (items: readonly Item[]): Taken => {
    const taken: Taken = { trades: [], quote: null, accepted: 0, repeats: 0, refused: [] }
    for (const [place, item] of items.entries()) {
      if ('bad' in item) taken.refused.push(`${place}:${item.reason}`)
      else if ('trade' in item && isNew(item.trade.id)) taken.trades.push(item.trade)
      else if (
        'quote' in item &&
        (current === null || (item.quote.t >= current.t && !sameQuote(item.quote, current)))
      ) {
        current = item.quote
        taken.quote = item.quote
        taken.accepted++
      } else taken.repeats++
    }
    taken.accepted += taken.trades.length
    return taken
  }
}
