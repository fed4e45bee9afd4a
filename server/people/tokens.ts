import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto'
import { SignJWT } from 'jose'
import { z } from 'zod'
import { parseGrants, writeGrants } from '../../wire/grants.ts'
import { isHandle, WAYS_IN } from '../../wire/people.ts'
import type { Person } from './person.ts'
import type { Secret } from './secret.ts'

/**
 * What a token is for; for anything else it is worth nothing. `session`: a browser's cookie. `invitation`, `share`:
 * links. `seat`: what the page of a share asks with. `ticket`: renews an open socket, within a minute. `bearer`: a
 * program's.
 */
export const USES = ['session', 'invitation', 'share', 'seat', 'ticket', 'bearer'] as const
export type Use = (typeof USES)[number]

/** Why a text lets nobody in: it is not ours, was changed or is for something else (`bad`), or its time is over. */
export type Unread = 'bad' | 'expired'

export type Tokens = {
  /** A text that lets this person in for one use, until their end. */
  sign: (use: Use, person: Person) => Promise<string>
  /** Who is let in by a text, where it is for one of these uses. */
  read: (uses: readonly Use[], text: string) => Person | Unread
}

/** The longest token: with its name it fits into a cookie, which browsers cut off at 4,096 bytes. In letters. */
export const MOST_TOKEN_LETTERS = 4000
/** How long a ticket is good for, in milliseconds. */
const TICKET_MS = 60_000
/** The one head that a token may have: whatever another one says, it is not ours. */
const HEAD = { alg: 'HS256' }
const BEGINNING = `${Buffer.from(JSON.stringify(HEAD)).toString('base64url')}.`
const SHAPE = /^([\w-]+\.([\w-]+))\.([\w-]+)$/

const claims = z.object({
  aud: z.enum(USES),
  sub: z.string().refine(isHandle).optional(),
  name: z.string(),
  grants: z.string().transform((text, context) => {
    const grants = parseGrants(text)
    if (grants !== null) return grants
    context.addIssue({ code: 'custom', message: 'no grants' })
    return z.NEVER
  }),
  via: z.enum(WAYS_IN),
  cred: z.string().optional(),
  sid: z.string().optional(),
  by: z.string().optional(),
  /** In seconds, with fractions: a revocation knows what was issued before it and what after. */
  iat: z.number(),
  exp: z.number().optional(),
  /** When the person's time ends, where the token's own ends earlier; null: never. In Unix milliseconds. */
  until: z.number().nullable().optional(),
})

const toMs = (seconds: number): number => Math.round(seconds * 1000)

/** Who the claims of a token speak of, for what use and how long; null where they are of another shape. */
const claimsIn = (json: string): { person: Person; use: Use; end: number | null } | null => {
  const read = claims.safeParse(JSON.parse(json))
  if (!read.success) return null
  const { aud, sub = null, name, grants, via, cred = null, sid, by = null, iat, exp } = read.data
  const end = exp === undefined ? null : toMs(exp)
  const { until = end } = read.data
  const session = sid === undefined ? {} : { session: sid }
  const person = { id: sub, name, grants, via, credential: cred, ...session, by, since: toMs(iat), until }
  return { person, use: aud, end }
}

/**
 * What a token says that was signed with this key; null where it was not. Web Crypto, and so jose, would hand this to
 * another thread: of thousands who come back at once each would cost more, and the pieces of its handshake could no
 * longer be written together.
 */
const signedText = (key: KeyObject, text: string): string | null => {
  const [, signed = '', body = '', signature = ''] = SHAPE.exec(text) ?? []
  if (!signed.startsWith(BEGINNING)) return null
  const right = Buffer.from(createHmac('sha256', key).update(signed).digest('base64url'))
  const given = Buffer.from(signature)
  const isOurs = given.length === right.length && timingSafeEqual(given, right)
  return isOurs ? Buffer.from(body, 'base64url').toString() : null
}

/**
 * Signs and reads all that lets people in. The texts are JWTs, signed with the floor's secret, which nobody but this
 * file knows.
 */
export const createTokens = (secret: Secret, now: () => number): Tokens => {
  const key = createSecretKey(secret)
  return {
    sign: async (use, person) => {
      const { id, name, grants, via, credential, session, by, since, until } = person
      const token = new SignJWT({
        name,
        grants: writeGrants(grants),
        via,
        ...(id !== null && { sub: id }),
        ...(credential !== null && { cred: credential }),
        ...(session !== undefined && { sid: session }),
        ...(by !== null && { by }),
        ...(use === 'ticket' && { until }),
      })
      const end = use === 'ticket' ? now() + TICKET_MS : until
      token.setProtectedHeader(HEAD).setAudience(use)
      token.setIssuedAt(since / 1000)
      if (end !== null) token.setExpirationTime(end / 1000)
      const text = await token.sign(key)
      if (text.length > MOST_TOKEN_LETTERS) throw new Error('These grants are too long: no cookie could hold them')
      return text
    },
    read: (uses, text) => {
      const json = text.length > MOST_TOKEN_LETTERS ? null : signedText(key, text)
      const read = json === null ? null : claimsIn(json)
      if (read === null || !uses.includes(read.use)) return 'bad'
      return read.end !== null && read.end <= now() ? 'expired' : read.person
    },
  }
}
