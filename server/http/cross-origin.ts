import type { IncomingHttpHeaders } from 'node:http'
import type { RequestHandler } from 'express'
import { allowsOrigin } from '../access/origins.ts'
import { bearerOf } from '../people/identify.ts'
import { ApiError } from './errors.ts'
import { isChange } from './methods.ts'

/** For so long a browser need not ask again what it may ask, in seconds. */
const REMEMBERED_S = 600

/**
 * Lets pages of these origins read the answers, errors too. Browsers show them to no others. Such requests carry no
 * cookies: where a floor asks who is there, they show a token.
 */
export const allowPages =
  (origins: readonly string[]): RequestHandler =>
  ({ method, headers: { origin } }, response, next) => {
    response.vary('Origin')
    if (origin === undefined || !origins.includes(origin)) return next()
    response.set('Access-Control-Allow-Origin', origin)
    if (method !== 'OPTIONS') return next()
    response.set({
      'Access-Control-Allow-Methods': 'GET, HEAD',
      // The star is for all headers but this one.
      'Access-Control-Allow-Headers': '*, Authorization',
      'Access-Control-Max-Age': String(REMEMBERED_S),
    })
    response.status(204).end()
  }

/**
 * Takes what changes something from our own pages only, and from programs that show a token: no page of another site
 * can show one, while a browser adds the cookie by itself.
 */
export const ownPagesOnly: RequestHandler = ({ method, headers }, _response, next) => {
  if (isChange(method) && bearerOf(headers.authorization) === undefined && !isOwnPage(headers))
    throw new ApiError('bad_request', { status: 403, more: 'Only pages of this floor may ask for this.' })
  next()
}

const isOwnPage = ({ origin, host, 'sec-fetch-site': site }: IncomingHttpHeaders): boolean =>
  origin === undefined ? site === 'same-origin' : allowsOrigin(origin, host, [])
