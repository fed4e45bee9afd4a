import { createAllowances } from '../access/allowance.ts'

/** Failed sign-ins that an address may try in a minute. */
export const TRIES_A_MINUTE = 10
/** What one that succeeds counts: an office behind one address begins its day at once. */
const SUCCESS = 0.1
const MINUTE_MS = 60_000
const MOST_ADDRESSES = 20_000

export type Tries = {
  /** Counts a try of an address. Returns the seconds that it has to wait before it may; 0 where it may now. */
  begin: (address: string) => number
  /** It succeeded. */
  succeeded: (address: string) => void
}

/** Counts who tries to sign in, so that nobody can go on trying. */
export const createTries = (now: () => number): Tries => {
  // One try at the most goes into debt.
  const terms = { share: TRIES_A_MINUTE / MINUTE_MS, burst: TRIES_A_MINUTE - 1, most: MOST_ADDRESSES }
  const { spend, wait } = createAllowances(terms, now)
  return {
    begin: (address) => {
      const owed = wait(address)
      if (owed === 0) spend(address, 1)
      return Math.ceil(owed / 1000)
    },
    succeeded: (address) => spend(address, SUCCESS - 1),
  }
}
