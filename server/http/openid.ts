import type { IncomingMessage } from 'node:http'
import { type Request, type Response, Router } from 'express'
import { UNHEARD } from '../people/admit.ts'
import { namedCookie, setCookie, writeCookie } from '../people/cookies.ts'
import { BACK_PATH, type Came, type OpenId } from '../people/openid/openid.ts'
import { PENDING_S, type Refused } from '../people/openid/sign-in.ts'
import type { People } from '../people/people.ts'
import type { SignInEvents } from '../people/sign-in-events.ts'
import type { Tries } from '../people/tries.ts'
import { ApiError } from './errors.ts'

export type OpenIdPorts = {
  openId: OpenId
  people: Pick<People, 'tokens' | 'letsIn'>
  events: SignInEvents
  tries: Tries
  addressOf: (request: IncomingMessage) => string
  isSecure: (request: IncomingMessage) => boolean
  /** Unix milliseconds. */
  clock: () => number
}

/** What the browser keeps while somebody signs in, and what renews it later; where each is sent to. */
const PENDING = { name: 'wf_signing_in', path: '/signin' }
export const RENEWAL = { name: 'wf_renewal', path: '/api/session' }

/** What the sign-in page is told in the address: no more than why in a word, for a page cannot be told otherwise. */
const refusedAt = ({ refused }: Refused): string => `/#refused=${refused}`

/** Signing in with an identity provider: out to it, and back from it. */
export const openIdRouter = (ports: OpenIdPorts): Router => {
  const { openId, people, events, tries, addressOf, isSecure } = ports
  const router = Router({ strict: true, caseSensitive: true })
  /** Throws where an address has to wait, or nobody may be let in now. */
  const check = (request: Request): void => {
    const wait = tries.begin(addressOf(request))
    if (wait > 0)
      throw new ApiError('rate_limited', { headers: { 'Retry-After': String(wait) }, more: `Sign in in ${wait} s.` })
    if (!people.letsIn()) throw new ApiError('unavailable', { more: UNHEARD })
  }
  const keep = (request: Request, response: Response, value: string, seconds: number): void => {
    response.append('Set-Cookie', setCookie({ ...PENDING, value, seconds, secure: isSecure(request) }))
  }
  const refuse = (request: Request, response: Response, refused: Refused): void => {
    events.refused(refused.refused, null, addressOf(request), refused.reason)
    response.redirect(refusedAt(refused))
  }

  router.get('/signin/openid', async (request, response) => {
    check(request)
    const { to } = request.query
    const begun = await openId.begin(typeof to === 'string' ? to : '/')
    response.set('Cache-Control', 'no-store')
    if ('refused' in begun) return refuse(request, response, begun)
    tries.succeeded(addressOf(request))
    keep(request, response, begun.pending, PENDING_S)
    response.redirect(begun.url)
  })
  router.get(BACK_PATH, async (request, response) => {
    check(request)
    const pending = namedCookie(request.headers.cookie, PENDING.name)
    const came = await openId.finish(request.url.split('?')[1] ?? '', pending ?? undefined)
    response.set('Cache-Control', 'no-store')
    keep(request, response, '', 0)
    if ('refused' in came) return refuse(request, response, came)
    tries.succeeded(addressOf(request))
    events.signedIn(came.person, addressOf(request))
    await keepSession(came, request, response, ports)
    response.redirect(came.to)
  })
  return router
}

/** Gives the browser its session, and what renews it. */
export const keepSession = async (
  { person, renewal }: Came,
  request: Request,
  response: Response,
  { people, isSecure, clock }: Pick<OpenIdPorts, 'people' | 'isSecure' | 'clock'>,
): Promise<void> => {
  const secure = isSecure(request)
  const session = await people.tokens.sign('session', person)
  response.append('Set-Cookie', writeCookie(session, secure, person.until, clock()))
  const seconds = Math.ceil(((person.until ?? clock()) - clock()) / 1000)
  response.append('Set-Cookie', setCookie({ ...RENEWAL, value: renewal, seconds, secure }))
}
