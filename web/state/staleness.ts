/** A symbol silent this long, in milliseconds, while others speak, is shown dimmed. */
export const QUIET_AFTER = 90_000
const OTHERS_WITHIN = 15_000

/**
 * Which symbols are quiet: unheard for long while others are heard. Where nobody is heard the market sleeps or the
 * connection is gone, which is said once, elsewhere, and not by dimming every row.
 */
export const quietSymbols = (heard: readonly { symbol: string; heardAt: number }[], now: number): Set<string> => {
  const quiet = new Set<string>()
  if (!heard.some(({ heardAt }) => now - heardAt < OTHERS_WITHIN)) return quiet
  for (const { symbol, heardAt } of heard) if (now - heardAt > QUIET_AFTER) quiet.add(symbol)
  return quiet
}
