import type { IncomingMessage } from 'node:http'
import type { RequestHandler, Response } from 'express'
import { UNHEARD } from '../people/admit.ts'
import type { Identify } from '../people/identify.ts'
import type { Person } from '../people/person.ts'
import { ApiError } from './errors.ts'
import { localsOf } from './handler.ts'
import { personOf } from './person.ts'

export type WhoAsksPorts = {
  identify: Identify
  /** Whether anybody may be let in now. */
  letsIn: () => boolean
  /** Whether a request came by https. */
  isSecure: (request: IncomingMessage) => boolean
}

/** Looks who asks. */
export const lookWho =
  ({ identify, isSecure }: WhoAsksPorts): RequestHandler =>
  (request, response, next) => {
    const know = (person: Person | null): void => {
      localsOf(response).person = person
      next()
    }
    const found = identify({ headers: request.headers, secure: isSecure(request) })
    if (found instanceof Promise) found.then(know).catch(next)
    else know(found)
  }

/** Who asks; null: nobody who may. */
export const whoOf = (response: Response): Person | null => localsOf(response).person

/** What of the API everybody may read: what the dashboard must know before anybody has signed in. */
const FOR_EVERYBODY = ['/config']

/** Lets nobody on who is not let in. */
export const somebodyOnly =
  ({ letsIn }: WhoAsksPorts): RequestHandler =>
  ({ path }, response, next) => {
    if (!FOR_EVERYBODY.includes(path)) {
      personOf(response)
      if (!letsIn()) throw new ApiError('unavailable', { more: UNHEARD })
    }
    next()
  }
