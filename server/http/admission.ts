import { setTimeout as sleep } from 'node:timers/promises'
import type { Allowances } from '../access/allowance.ts'

/** So long a request waits that came too soon, in milliseconds. */
const LONGEST_MS = 1000
/**
 * What a request costs besides the work that is measured, in milliseconds: to read it, and what the system does for it.
 */
const EACH_MS = 0.5
const LOOK_MS = 20

/**
 * Waits until an address may ask, at most a second, and lets it in. Resolves with 0, or with how much longer it would
 * have to wait. Of many that wait, one is let in at a time.
 */
export const createAdmission =
  ({ wait, spend }: Pick<Allowances, 'wait' | 'spend'>) =>
  async (who: string): Promise<number> => {
    let owed = wait(who)
    for (let left = LONGEST_MS; owed > 0 && left > 0; ) {
      const pause = Math.min(Math.max(owed, LOOK_MS), left)
      await sleep(pause)
      left -= pause
      owed = wait(who)
    }
    if (owed === 0) spend(who, EACH_MS)
    return owed
  }
