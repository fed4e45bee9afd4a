import { type Candle, MINUTE, type SymbolUpdate } from '../../../wire/market.ts'

/** Where trades are not kept, the past tells whole minutes, and of the last trade of one it does not know the size. */
const isOfMinutes = ({ last }: SymbolUpdate): boolean => last?.size === 0

/**
 * What of an update happened after a moment, where all up to then is known already. Null where that cannot be told: a
 * candle of several trades, of which some are known and others are not.
 */
export const after = <U extends SymbolUpdate>(update: U, moment: number): U | null => {
  const { trades, candles } = update
  // Nothing of a minute is known before it is over where only whole ones are.
  const whole = isOfMinutes(update)
  const isNew = ({ t, last }: Candle): boolean => (whole ? t + MINUTE > moment : last[0] > moment)
  const newer = candles?.filter(isNew)
  if (!whole && newer?.some(({ first: [t] }) => t <= moment)) return null
  return {
    ...update,
    ...(trades && { trades: trades.filter(({ t }) => t > moment) }),
    ...(newer && { candles: newer }),
  }
}
