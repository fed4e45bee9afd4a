import type { IncomingMessage } from 'node:http'
import { type Request, type Response, Router } from 'express'
import { z } from 'zod'
import { writeGrants } from '../../wire/grants.ts'
import type { Me, SessionReply, SignedOutReply } from '../../wire/people.ts'
import { createAllowances } from '../access/allowance.ts'
import { UNHEARD } from '../people/admit.ts'
import { endCookie } from '../people/cookies.ts'
import { nameOf } from '../people/names.ts'
import type { People } from '../people/people.ts'
import type { Person } from '../people/person.ts'
import type { NotSignedIn, SignedIn } from '../people/sign-in.ts'
import type { SignInEvents } from '../people/sign-in-events.ts'
import { MOST_TOKEN_LETTERS } from '../people/tokens.ts'
import { createTries } from '../people/tries.ts'
import { readBody } from './body.ts'
import { ApiError } from './errors.ts'
import { renewByProvider, signOutOfProvider } from './openid.ts'
import { personOf } from './person.ts'
import { giveSession } from './session-cookie.ts'
import { createChecks } from './sign-in-tries.ts'
import { whoOf } from './who-asks.ts'

export type SessionPorts = {
  people: People
  events: SignInEvents
  /** Who pays for a request, and whether it came by https. */
  addressOf: (request: IncomingMessage) => string
  isSecure: (request: IncomingMessage) => boolean
  /** Unix milliseconds. */
  clock: () => number
  /** Milliseconds, by a clock that never goes back. */
  now: () => number
  /** Ends a sign-in everywhere: in every tab, on every node. Rejects where Redis cannot be asked. */
  endSignIn: (person: Person) => Promise<void>
}

const signInRequest = z.union([z.object({ token: z.string().max(MOST_TOKEN_LETTERS) }), z.object({ name: nameOf(1) })])

const meOf = ({ id, name, grants, via, until }: Person): Me => ({ id, name, grants: writeGrants(grants), via, until })

const REFUSED = {
  bad: ['not_signed_in', 'This link is not one of this floor.'],
  expired: ['not_signed_in', 'This link has ended: ask for a new one.'],
  revoked: ['not_signed_in', 'This link was taken back.'],
  not_here: ['not_allowed', 'This floor lets people in by other ways.'],
} as const

const noStore = (response: Response): Response => response.set('Cache-Control', 'no-store')

/** Signing in and out: `/session`. */
export const sessionRouter = (ports: SessionPorts): Router => {
  const { people, events } = ports
  const router = Router({ strict: true, caseSensitive: true })
  const checkTries = createChecks(ports)
  const signOuts = createTries(ports.now)
  const mayEnd = createEndings(ports.now)
  const reply = createReply(ports)

  router.get('/session', (_request, response) => {
    const person = whoOf(response)
    const answer: SessionReply = { me: person && meOf(person), ways: people.ways }
    noStore(response).json(answer)
  })
  router.post('/session', async (request, response) => {
    const asked = await readBody(request, signInRequest)
    const succeeded = checkTries(request)
    const result = 'token' in asked ? await people.signIn.byToken(asked.token) : people.signIn.byName(asked.name)
    const signedIn = orRefuse(result, ports.addressOf(request), events)
    succeeded()
    events.signedIn(signedIn.person, ports.addressOf(request))
    await reply(signedIn, request, response)
  })
  router.post('/session/renew', async (request, response) => {
    const person = personOf(response)
    if (!people.letsIn()) throw new ApiError('unavailable', { more: UNHEARD })
    const { openId } = people
    const renewed =
      person.via === 'openid' && openId !== null
        ? { person: await renewByProvider(openId, person, request, response, ports) }
        : orRefuse(await people.signIn.renew(person), ports.addressOf(request), events)
    await reply(renewed, request, response)
  })
  router.delete('/session', async (request, response) => {
    const person = whoOf(response)
    const address = ports.addressOf(request)
    // Anybody may sign out, again and again: as much of it is told as of signing in, or it would fill the record.
    if (person !== null && person.id !== null && signOuts.begin(address) === 0) {
      signOuts.succeeded(address)
      events.signedOut(person)
    }
    response.append('Set-Cookie', endCookie(ports.isSecure(request)))
    const { openId } = people
    const answer: SignedOutReply = { next: null }
    if (person !== null && mayEnd(person)) await ports.endSignIn(person)
    if (person?.via === 'openid' && openId !== null) {
      answer.next = await signOutOfProvider(openId, request, response, ports)
    }
    noStore(response).json(answer)
  })
  return router
}

/** Sign-ins that one person may end everywhere at once, and how long it takes until they may end one more. */
const ENDINGS = 20
const ENDING_MS = 3_600_000
const MOST_PEOPLE = 20_000

/**
 * Whether a person's sign-in is ended everywhere, or only in their browser: each is kept until it would have ended by
 * itself, and nobody may fill up what is kept by signing in and out.
 */
const createEndings = (now: () => number): ((person: Person) => boolean) => {
  const allowances = createAllowances({ share: 1 / ENDING_MS, burst: ENDINGS, most: MOST_PEOPLE }, now)
  return ({ id }) => {
    if (id === null || allowances.wait(id) > 0) return false
    allowances.spend(id, 1)
    return true
  }
}

const orRefuse = (result: SignedIn | NotSignedIn, address: string, events: SignInEvents): SignedIn => {
  if ('person' in result) return result
  events.refused(result.refused, result.about, address)
  const [code, more] = REFUSED[result.refused]
  throw new ApiError(code, { more })
}

/**
 * Tells who signed in that they did. A browser gets a cookie; the page of a share gets a text instead, so that opening
 * a share signs nobody out; a program has its own.
 */
const createReply =
  (ports: SessionPorts) =>
  async ({ person, show }: SignedIn, request: Request, response: Response): Promise<void> => {
    const { tokens, ways } = ports.people
    const answer: SessionReply = { me: meOf(person), ways, ...(show && { show }) }
    if (person.via === 'share') answer.bearer = await tokens.sign('seat', person)
    else if (person.via !== 'token' && person.id !== null) {
      await giveSession(person, request, response, ports)
      answer.ticket = await tokens.sign('ticket', person)
    }
    noStore(response).json(answer)
  }
