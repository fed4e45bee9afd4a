import type { SymbolUpdate } from '../../../wire/market.ts'

/**
 * What of an update happened after a moment, where all up to then is known already. Null where that cannot be told: a
 * candle of several trades, of which some are known and others are not.
 */
export const after = <U extends SymbolUpdate>(update: U, moment: number): U | null => {
  const { trades, candles } = update
  const isNew = ({ t }: { t: number }): boolean => t > moment
  const newer = candles?.filter(({ last: [t] }) => t > moment)
  if (newer?.some(({ first: [t] }) => t <= moment)) return null
  return { ...update, ...(trades && { trades: trades.filter(isNew) }), ...(newer && { candles: newer }) }
}
