import type { Faults, Place } from './faults.ts'
import { type Lease, RENEW_EVERY_MS } from './redis/lease.ts'

/** What goes on until it is closed. */
export type Open = { close: () => Promise<void> }

export type ByLease = {
  /** Whether it goes on here. */
  isOpen: () => boolean
  close: () => Promise<void>
}

/** Has something go on at one node at a time: here while this node has the lease. */
export const byLease = (lease: Lease, open: () => Open, faults: Faults, at: Place = 'device.lease'): ByLease => {
  let opened: Open | null = null
  let isRenewing = false
  let isClosed = false
  const end = async (): Promise<void> => {
    const had = opened
    opened = null
    await had?.close()
  }
  const renew = async (): Promise<void> => {
    isRenewing = true
    try {
      if ((await lease.renew()) && !isClosed) opened ??= open()
    } finally {
      isRenewing = false
    }
  }
  const turn = async (): Promise<void> => {
    // Redis may not answer at all: then the lease ends by the clock.
    if (!lease.isHeld()) await end()
    if (!isRenewing && !isClosed) await renew()
  }
  const guarded = faults.guard(at, turn)
  guarded()
  const timer = setInterval(guarded, RENEW_EVERY_MS)
  return {
    isOpen: () => opened !== null,
    close: async () => {
      isClosed = true
      clearInterval(timer)
      await end()
      await lease.release()
    },
  }
}
