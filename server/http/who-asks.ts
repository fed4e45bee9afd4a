import type { IncomingMessage } from 'node:http'
import type { RequestHandler, Response } from 'express'
import { UNHEARD } from '../people/admit.ts'
import type { Identify } from '../people/identify.ts'
import type { Person } from '../people/person.ts'
import { ApiError } from './errors.ts'
import { localsOf, workOf } from './handler.ts'
import { personOf } from './person.ts'

export type WhoAsksPorts = {
  identify: Identify
  /** Whether anybody may be let in now. */
  letsIn: () => boolean
  /** Whether a request came by https. */
  isSecure: (request: IncomingMessage) => boolean
}

/** What it costs to read a text that was not shown before, in milliseconds: it is done in steps that nobody sees. */
const READ_MS = 0.15

/** Looks who asks. */
export const lookWho =
  ({ identify, isSecure }: WhoAsksPorts): RequestHandler =>
  (request, response, next) => {
    const know = (person: Person | null): void => {
      localsOf(response).person = person
      next()
    }
    const found = identify({ headers: request.headers, secure: isSecure(request) })
    if (!(found instanceof Promise)) return know(found)
    // What comes after is a piece of work like any other, or whoever shows ever other texts would not pay for it.
    localsOf(response).pay(READ_MS)
    found.then((person) => workOf(response)(() => know(person))).catch(next)
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
