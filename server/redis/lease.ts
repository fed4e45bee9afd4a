import { isOwnFault } from '../faults.ts'
import type { Commands } from './deployment.ts'

export type LeasePorts = {
  redis: Pick<Commands, 'set'>
  /** What only one node does at a time. */
  what: string
  node: string
  /** Milliseconds, by a clock that never goes back. */
  clock: () => number
}

export type Lease = {
  /** Whether this node has it, as far as is known here. */
  isHeld: () => boolean
  /** Takes it where nobody has it, and keeps it. Call it a few times in {@link LEASE_MS}. Returns whether it is held. */
  renew: () => Promise<boolean>
  /** Leaves it to others at once. */
  release: () => Promise<void>
}

/** A lease that is not renewed ends after so long: then another node takes over. */
export const LEASE_MS = 10_000
export const RENEW_EVERY_MS = 2000

/**
 * Has one node at a time do something. Where Redis is away the lease is kept until it would have ended, so that no other
 * node has it meanwhile; for a moment two may all the same, so what they do must be harmless twice.
 */
export const createLease = ({ redis, what, node, clock }: LeasePorts): Lease => {
  const key = `wf:{lease:${what}}`
  let heldUntil = Number.NEGATIVE_INFINITY
  const isHeld = (): boolean => clock() < heldUntil
  const take = async (): Promise<boolean> => {
    const holder = await redis.set(key, node, 'PX', LEASE_MS, 'NX', 'GET')
    if (holder !== node) return holder === null
    await redis.set(key, node, 'PX', LEASE_MS, 'XX')
    return true
  }
  return {
    isHeld,
    renew: async () => {
      const asked = clock()
      try {
        heldUntil = (await take()) ? asked + LEASE_MS : Number.NEGATIVE_INFINITY
      } catch (error) {
        if (isOwnFault(error)) throw error
      }
      return isHeld()
    },
    release: async () => {
      const had = isHeld()
      heldUntil = Number.NEGATIVE_INFINITY
      try {
        if (had) await redis.set(key, node, 'PX', 1, 'XX')
      } catch (error) {
        if (isOwnFault(error)) throw error
      }
    },
  }
}
