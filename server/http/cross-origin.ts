import type { RequestHandler } from 'express'

/** For so long a browser need not ask again what it may ask, in seconds. */
const REMEMBERED_S = 600

/**
 * Lets pages of these origins read the answers, errors too. Browsers show them to no others. Such requests carry no
 * cookies and no credentials: nothing here asks for any.
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
      'Access-Control-Allow-Headers': '*',
      'Access-Control-Max-Age': String(REMEMBERED_S),
    })
    response.status(204).end()
  }
