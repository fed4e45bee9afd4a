import type { Request } from 'express'
import { UNHEARD } from '../people/admit.ts'
import { createTries } from '../people/tries.ts'
import { ApiError } from './errors.ts'
import type { SessionPorts } from './session.ts'

export type ChecksPorts = Pick<SessionPorts, 'people' | 'events' | 'addressOf' | 'now'>

/** Whether an address may try now; throws where not. Returns what is to be called once it succeeded. */
export const createChecks = ({ people, events, addressOf, now }: ChecksPorts) => {
  const tries = createTries(now)
  return (request: Request): (() => void) => {
    const address = addressOf(request)
    const wait = tries.begin(address)
    if (wait > 0) {
      events.refused('limited', null, address)
      const headers = { 'Retry-After': String(wait) }
      throw new ApiError('rate_limited', { headers, more: `Sign in again in ${wait} s.` })
    }
    if (!people.letsIn()) {
      events.refused('unavailable', null, address)
      throw new ApiError('unavailable', { more: UNHEARD })
    }
    return () => tries.succeeded(address)
  }
}
