import { type Request, type Response, Router } from 'express'
import { namedCookie, setCookie } from '../people/cookies.ts'
import { BACK_PATH, type Came, type OpenId } from '../people/openid/openid.ts'
import { PENDING_S, type Refused } from '../people/openid/sign-in.ts'
import type { Person } from '../people/person.ts'
import { ApiError } from './errors.ts'
import type { SessionPorts } from './session.ts'
import { giveSession } from './session-cookie.ts'
import { createChecks } from './sign-in-tries.ts'

/** What the browser keeps while somebody signs in, and what renews it later; where each is sent to. */
const PENDING = {
  plain: { name: 'wf_signing_in', path: '/signin' },
  // A name that browsers take from this host only: no other may have somebody come back to a sign-in of its own.
  secure: { name: '__Host-wf_signing_in', path: '/' },
} as const
const RENEWAL = { name: 'wf_renewal', path: '/api/session' }

/** What the sign-in page is told in the address: no more than why in a word, for a page cannot be told otherwise. */
const refusedAt = ({ refused }: Refused): string => `/#refused=${refused}`

/** Signing in with an identity provider: out to it, and back from it. */
export const openIdRouter = (openId: OpenId, ports: SessionPorts): Router => {
  const { events, addressOf, isSecure } = ports
  const checkTries = createChecks(ports)
  const router = Router({ strict: true, caseSensitive: true })
  const pendingAt = (request: Request) => (isSecure(request) ? PENDING.secure : PENDING.plain)
  const keep = (request: Request, response: Response, value: string, seconds: number): void => {
    response.append('Set-Cookie', setCookie({ ...pendingAt(request), value, seconds, secure: isSecure(request) }))
  }
  const refuse = (request: Request, response: Response, refused: Refused): void => {
    events.refused(refused.refused, null, addressOf(request), refused.reason)
    response.redirect(refusedAt(refused))
  }

  router.get('/signin/openid', async (request, response) => {
    const succeeded = checkTries(request)
    const { to } = request.query
    const begun = await openId.begin(typeof to === 'string' ? to : '/')
    response.set('Cache-Control', 'no-store')
    if ('refused' in begun) return refuse(request, response, begun)
    succeeded()
    keep(request, response, begun.pending, PENDING_S)
    response.redirect(begun.url)
  })
  router.get(BACK_PATH, async (request, response) => {
    const succeeded = checkTries(request)
    const pending = namedCookie(request.headers.cookie, pendingAt(request).name)
    const came = await openId.finish(request.url.split('?')[1] ?? '', pending ?? undefined)
    response.set('Cache-Control', 'no-store')
    keep(request, response, '', 0)
    if ('refused' in came) return refuse(request, response, came)
    succeeded()
    events.signedIn(came.person, addressOf(request))
    await giveSession(came.person, request, response, ports)
    keepRenewal(came, request, response, ports)
    response.redirect(came.to)
  })
  return router
}

type Clock = Pick<SessionPorts, 'isSecure' | 'clock'>
const keepRenewal = (
  { person: { until }, renewal: value }: Came,
  request: Request,
  response: Response,
  { isSecure, clock }: Clock,
): void => {
  const seconds = Math.max(0, Math.ceil(((until ?? clock()) - clock()) / 1000))
  response.append('Set-Cookie', setCookie({ ...RENEWAL, value, seconds, secure: isSecure(request) }))
}

const renewalIn = ({ headers }: Request): string | undefined => namedCookie(headers.cookie, RENEWAL.name) ?? undefined

/** Asks the provider who a person is by now. Throws where it says no, or cannot be asked. */
export const renewByProvider = async (
  openId: OpenId,
  person: Person,
  request: Request,
  response: Response,
  ports: Pick<SessionPorts, 'events' | 'addressOf'> & Clock,
): Promise<Person> => {
  const came = await openId.renew(person, renewalIn(request))
  if (!('refused' in came)) {
    keepRenewal(came, request, response, ports)
    return came.person
  }
  ports.events.refused(came.refused, person, ports.addressOf(request), came.reason)
  if (came.refused === 'away') throw new ApiError('unavailable', { more: 'The identity provider cannot be reached.' })
  throw new ApiError('not_signed_in', { more: 'The identity provider does not renew your sign-in.' })
}

/** Has the browser forget what renews a sign-in. Resolves with where it signs out of the provider; null for nowhere. */
export const signOutOfProvider = async (
  openId: OpenId,
  request: Request,
  response: Response,
  { isSecure }: Clock,
): Promise<string | null> => {
  response.append('Set-Cookie', setCookie({ ...RENEWAL, value: '', seconds: 0, secure: isSecure(request) }))
  return openId.endUrl(await openId.renewalOf(renewalIn(request)))
}
