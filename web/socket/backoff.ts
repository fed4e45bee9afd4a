/**
 * How long to wait before try number `attempt` (from 0), in milliseconds: doubling from half a second to a cap, of
 * which `random` (0 to 1) keeps between half and all, so that a thousand browsers do not come back in the same instant.
 */
export const retryDelay = (attempt: number, random: number): number => {
  const most = Math.min(15_000, 500 * 2 ** Math.min(attempt, 10))
  return most / 2 + (most / 2) * random
}
