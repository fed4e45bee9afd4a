/** Whether this node may say of others that they are gone. */
export type Judge = {
  mayJudge: () => boolean
  /** Redis heard this node. */
  heard: () => void
  /** It did not. */
  lost: () => void
}

/**
 * A node that was away from Redis itself, or had no time, would take all others for gone whose leases ran out
 * meanwhile, though Redis may have been away for them too. So it waits until they have had the time to renew them.
 * `now`: milliseconds, by a clock that never goes back.
 */
export const createJudge = (leaseMs: number, now: () => number): Judge => {
  let since: number | null = null
  let last = 0
  return {
    mayJudge: () => since !== null && now() - last < leaseMs / 2 && now() - since >= leaseMs,
    heard: () => {
      if (since === null || now() - last >= leaseMs / 2) since = now()
      last = now()
    },
    lost: () => {
      since = null
    },
  }
}
