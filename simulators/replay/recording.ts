import type { Fix } from '../../wire/fleet.ts'
import type { Quote, Trade } from '../../wire/market.ts'
import { isName } from '../../wire/topics.ts'

/** One usable row of a recording; `row` is its place in the file (a line where the file has lines), from 1. */
export type Item = { t: number; row: number } & (
  | { kind: 'trade'; symbol: string; trade: Trade }
  | { kind: 'quote'; symbol: string; quote: Quote }
  | { kind: 'fix'; fix: Fix }
)

/** Rows left out, by reason: how many, and the first of them. */
export type Skips = Map<string, { count: number; examples: string[] }>

/** Items in order of time. `rows`: all rows looked at; each is an item or skipped. */
export type Recording = { format: string; rows: number; items: Item[]; skips: Skips }

const MOST_EXAMPLES = 3
const MOST_EXAMPLE_LENGTH = 120

export const skip = (skips: Skips, reason: string, row: number, content: string): void => {
  const known = skips.get(reason) ?? { count: 0, examples: [] }
  known.count++
  if (known.examples.length < MOST_EXAMPLES)
    known.examples.push(`row ${row}: ${content.trim().slice(0, MOST_EXAMPLE_LENGTH)}`)
  skips.set(reason, known)
}

/** Collects what a reader finds, row by row. */
export type Collector = {
  /** A row that holds nothing usable, and why. */
  skip: (reason: string, row: number, content: string) => void
  trade: (symbol: string, trade: Trade, row: number, content: string) => void
  quote: (symbol: string, quote: Quote, row: number, content: string) => void
  fix: (fix: Fix, row: number, content: string) => void
}

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value > 0

const tradeFault = (symbol: string, { id, t, price, size }: Trade): string | null => {
  if (!isName(symbol)) return 'the symbol is not one'
  if (!isCount(id)) return 'the trade has no number'
  if (!isCount(t)) return 'the time cannot be read'
  return Number.isFinite(price) && size >= 0 && Number.isFinite(size) ? null : 'price or size is not a number'
}

const quoteFault = (symbol: string, { t, bid, ask }: Quote): string | null => {
  if (!isName(symbol)) return 'the symbol is not one'
  if (!isCount(t)) return 'the time cannot be read'
  return Number.isFinite(bid ?? 0) && Number.isFinite(ask ?? 0) ? null : 'bid or ask is not a number'
}

const fixFault = ({ id, n, t, lat, lon }: Fix): string | null => {
  if (!isName(id)) return 'the device id is not one'
  if (!isCount(t)) return 'the time cannot be read'
  if (!isCount(n)) return 'the fix has no number'
  if (!(Math.abs(lat) <= 90 && Math.abs(lon) <= 180)) return 'the position is not on Earth'
  return lat === 0 && lon === 0 ? 'position 0,0: the receiver had none' : null
}

/** Puts items in order of time (rows of the same time stay as they were) and takes out numbers that come twice. */
const arrange = (found: readonly (Item & { content: string })[], skips: Skips): Item[] => {
  const seen = new Set<string>()
  const items: Item[] = []
  for (const { content, ...item } of found.toSorted((a, b) => a.t - b.t)) {
    const key =
      item.kind === 'fix'
        ? `${item.fix.id} ${item.fix.n}`
        : item.kind === 'trade'
          ? `${item.symbol} ${item.trade.id}`
          : null
    if (key !== null && seen.has(key)) {
      const reason =
        item.kind === 'fix'
          ? 'a fix of this device with the same number or time came before'
          : 'a trade with the same number came before'
      skip(skips, reason, item.row, content)
      continue
    }
    if (key !== null) seen.add(key)
    items.push(item)
  }
  return items
}

/** Runs a reader and arranges what it found. */
export const collect = (format: string, read: (collector: Collector) => void): Recording => {
  const skips: Skips = new Map()
  const found: (Item & { content: string })[] = []
  const take = (fault: string | null, item: Item, content: string) => {
    if (fault === null) found.push({ ...item, content })
    else skip(skips, fault, item.row, content)
  }
  read({
    skip: (reason, row, content) => skip(skips, reason, row, content),
    trade: (symbol, trade, row, content) =>
      take(tradeFault(symbol, trade), { kind: 'trade', t: trade.t, row, symbol, trade }, content),
    quote: (symbol, quote, row, content) =>
      take(quoteFault(symbol, quote), { kind: 'quote', t: quote.t, row, symbol, quote }, content),
    fix: (fix, row, content) => take(fixFault(fix), { kind: 'fix', t: fix.t, row, fix }, content),
  })
  const items = arrange(found, skips)
  const skipped = [...skips.values()].reduce((sum, { count }) => sum + count, 0)
  return { format, rows: items.length + skipped, items, skips }
}
