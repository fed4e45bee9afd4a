import { errors, jwtVerify, SignJWT } from 'jose'
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
  read: (uses: readonly Use[], text: string) => Promise<Person | Unread>
}

/** The longest token: with its name it fits into a cookie, which browsers cut off at 4,096 bytes. In letters. */
export const MOST_TOKEN_LETTERS = 4000
/** How long a ticket is good for, in milliseconds. */
const TICKET_MS = 60_000
const ALGORITHM = 'HS256'
const SHAPE = /^[\w-]+\.[\w-]+\.[\w-]+$/

const claims = z.object({
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
  by: z.string().optional(),
  /** In seconds, with fractions: a revocation knows what was issued before it and what after. */
  iat: z.number(),
  exp: z.number().optional(),
  /** When the person's time ends, where the token's own ends earlier; null: never. In Unix milliseconds. */
  until: z.number().nullable().optional(),
})

const toMs = (seconds: number): number => Math.round(seconds * 1000)

/** Who the claims of a token speak of; null where they are of another shape. */
const personOf = (payload: unknown): { person: Person; end: number | null } | null => {
  const read = claims.safeParse(payload)
  if (!read.success) return null
  const { sub = null, name, grants, via, cred = null, by = null, iat, exp } = read.data
  const end = exp === undefined ? null : toMs(exp)
  const { until = end } = read.data
  return { person: { id: sub, name, grants, via, credential: cred, by, since: toMs(iat), until }, end }
}

/**
 * Signs and reads all that lets people in. The texts are JWTs, signed with the floor's secret, which nobody but this
 * file knows.
 */
export const createTokens = async (secret: Secret, now: () => number): Promise<Tokens> => {
  const hmac = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', secret, hmac, false, ['sign', 'verify'])
  return {
    sign: async (use, person) => {
      const { id, name, grants, via, credential, by, since, until } = person
      const token = new SignJWT({
        name,
        grants: writeGrants(grants),
        via,
        ...(id !== null && { sub: id }),
        ...(credential !== null && { cred: credential }),
        ...(by !== null && { by }),
        ...(use === 'ticket' && { until }),
      })
      const end = use === 'ticket' ? now() + TICKET_MS : until
      token
        .setProtectedHeader({ alg: ALGORITHM })
        .setAudience(use)
        .setIssuedAt(since / 1000)
      if (end !== null) token.setExpirationTime(end / 1000)
      const text = await token.sign(key)
      if (text.length > MOST_TOKEN_LETTERS) throw new Error('These grants are too long: no cookie could hold them')
      return text
    },
    read: async (uses, text) => {
      if (text.length > MOST_TOKEN_LETTERS || !SHAPE.test(text)) return 'bad'
      try {
        const { payload } = await jwtVerify(text, key, {
          algorithms: [ALGORITHM],
          audience: [...uses],
          currentDate: new Date(now()),
        })
        const read = personOf(payload)
        if (read === null) return 'bad'
        return read.end !== null && read.end <= now() ? 'expired' : read.person
      } catch (error) {
        return error instanceof errors.JWTExpired ? 'expired' : 'bad'
      }
    },
  }
}
