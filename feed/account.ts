/** Refused items of one reason: how many, and the first of them as an example. */
export type Refusals = Map<string, { count: number; example: string }>

/**
 * What became of everything that was published. `accepted`, `repeats`, `old` (older than all that the floor keeps) and
 * `refused` count trades, quotes and fixes as Redis answered, each once; `failures` are calls that no item is to blame
 * for. `conflated` quotes were replaced by newer ones before they were sent; `dropped` did not fit the buffer;
 * `retries` are calls sent again.
 */
export type Account = {
  trades: number
  quotes: number
  fixes: number
  accepted: number
  repeats: number
  old: number
  conflated: number
  dropped: number
  retries: number
  refused: Refusals
  failures: Refusals
}

export const emptyAccount = (): Account => ({
  trades: 0,
  quotes: 0,
  fixes: 0,
  accepted: 0,
  repeats: 0,
  old: 0,
  conflated: 0,
  dropped: 0,
  retries: 0,
  refused: new Map(),
  failures: new Map(),
})

/** Counts refused items; true for the first of its reason. */
export const countRefused = (refused: Refusals, reason: string, example: string, count = 1): boolean => {
  const known = refused.get(reason)
  if (known) known.count += count
  else refused.set(reason, { count, example })
  return known === undefined
}

export const refusedTotal = (refused: Refusals): number => {
  let total = 0
  for (const { count } of refused.values()) total += count
  return total
}
