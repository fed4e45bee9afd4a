import { sourceNumber } from '../../formats/numbers.ts'
import type { Quote, Side, Trade } from '../../wire/market.ts'
import { isName } from '../../wire/topics.ts'
import { millisecondsOf, type Time } from './times.ts'

/**
 * A trade as a file tells it: `id` is the number and `side` the taker's side as they stand there, numbers are NaN where
 * they cannot be read.
 */
export type FoundTrade = { id: unknown; t: Time; price: number; size: number; side?: unknown }
export type FoundQuote = Omit<Quote, 't'> & { t: Time }

const ANEW = '--shift numbers anew, and takes it'

/** Why the number of a trade is none; null where it is one. */
const numberFault = (id: unknown): string | null => {
  if (!Number.isNaN(sourceNumber(id))) return null
  if (id === undefined || id === null || id === '') return `the trade has no number: ${ANEW}`
  const isLarge = typeof id === 'number' || (typeof id === 'string' && /^\d+$/.test(id))
  if (isLarge && Number(id) > Number.MAX_SAFE_INTEGER)
    return `the number of the trade is above ${Number.MAX_SAFE_INTEGER}: ${ANEW}`
  return `the number of the trade is no whole number from 1: ${ANEW}`
}

const commonFault = (symbol: string, t: Time): string | null => {
  if (!isName(symbol)) return 'the symbol cannot be a name'
  if (typeof t === 'string') return t
  return millisecondsOf(t) > 0 ? null : 'the time cannot be read'
}

/** Why a trade is of no use; null where it is of use. `anew`: it gets another number in any case. */
export const tradeFault = (symbol: string, { id, t, price, size }: FoundTrade, anew: boolean): string | null => {
  const fault = commonFault(symbol, t)
  if (fault !== null) return fault
  if (!Number.isFinite(price)) return 'the price is no number'
  if (!Number.isFinite(size)) return 'the size is no number'
  if (size < 0) return 'the size is negative'
  return anew ? null : numberFault(id)
}

const sideOf = (side: unknown): Side | null => {
  const word = typeof side === 'string' ? side.trim().toLowerCase() : ''
  return word === 'buy' || word === 'sell' ? word : null
}

/** The trade as it is taken: a side in any case, and none where it is no side. `note` hears of that. */
export const tidyTrade = ({ id, price, size, side }: FoundTrade, t: number, note: (what: string) => void): Trade => {
  const trade = { id: sourceNumber(id) || 0, t, price, size }
  const taker = sideOf(side)
  if (taker !== null) return { ...trade, side: taker }
  if (side !== undefined && side !== null && side !== '') note('taken without the side: it is neither buy nor sell')
  return trade
}

/**
 * What two rows of one trade of a symbol share; null where the number does not tell: one above 2^53 stands for several.
 */
export const tradeKey = (id: unknown): number | string | null => {
  const number = sourceNumber(id)
  if (!Number.isNaN(number)) return number
  return typeof id === 'string' && id !== '' ? id : null
}

const isSize = (size: number): boolean => size >= 0 && Number.isFinite(size)

/** Why a quote is of no use; null where it is of use. */
export const quoteFault = (symbol: string, { t, bid, bidSize, ask, askSize }: FoundQuote): string | null => {
  const fault = commonFault(symbol, t)
  if (fault !== null) return fault
  if (!Number.isFinite(bid ?? 0) || !Number.isFinite(ask ?? 0)) return 'bid or ask is no number'
  return isSize(bidSize) && isSize(askSize) ? null : 'the size of bid or ask is no number from 0'
}
