import { isOwnFault } from '../faults.ts'
import type { Commands } from '../redis/deployment.ts'

/** The clock by which deadlines go: Redis's. */
export type FloorClock = {
  /** Unix milliseconds. */
  now: () => number
  /** Compares with Redis; called once in a while. Where Redis is away, what was known stays. */
  compare: () => Promise<void>
}

/** `now`: this machine's clock, Unix milliseconds. */
export const createFloorClock = (redis: Pick<Commands, 'time'>, now: () => number): FloorClock => {
  let ahead = 0
  return {
    now: () => Math.round(now() + ahead),
    compare: async () => {
      const from = now()
      try {
        const [seconds, micros] = await redis.time()
        // Redis read its clock somewhere in between.
        ahead = Number(seconds) * 1000 + Number(micros) / 1000 - (from + now()) / 2
      } catch (error) {
        if (isOwnFault(error)) throw error
      }
    },
  }
}
