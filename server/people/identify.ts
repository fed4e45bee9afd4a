import type { IncomingHttpHeaders } from 'node:http'
import type { WayIn, WaysIn } from '../../wire/people.ts'
import { allowsOrigin } from '../access/origins.ts'
import { readCookie } from './cookies.ts'
import { ANYBODY, type Person } from './person.ts'
import { createRemembered, type Remembered } from './remembered.ts'
import type { Tokens, Use } from './tokens.ts'

/**
 * As much of a request as says who asks. `secure`: it came by https. `token`: what a client gave when it joined, in
 * place of a header.
 */
export type Asking = { headers: IncomingHttpHeaders; secure: boolean; token?: string | undefined }

export type IdentifyPorts = {
  tokens: Tokens
  ways: WaysIn
  /** Whether what lets this person in holds still: it was not taken back. */
  standing: (person: Person) => boolean
  now: () => number
  /** Who a token of the identity provider lets in; null where there is no provider. */
  provider: ((token: string) => Promise<Person | null>) | null
}

/**
 * Who asks; null: nobody who may. On an open floor whoever shows nothing is {@link ANYBODY}. It is known at once, but
 * for a token of the identity provider that was not shown before.
 */
export type Identify = (asking: Asking) => Person | null | Promise<Person | null>

/** Letters of tokens that are remembered for each sort: those of some ten thousand people. */
const MOST_LETTERS = 4 * 1024 * 1024
const BEARER = /^Bearer +(\S+)$/i

export const createIdentify = ({ tokens, ways, standing, now, provider }: IdentifyPorts): Identify => {
  const cookies = createRemembered(MOST_LETTERS)
  const bearers = createRemembered(MOST_LETTERS)

  const isIn = (person: Person): boolean =>
    hasWay(ways, person.via) && (person.until === null || person.until > now()) && standing(person)

  /** Remembers who was let in by a text, if they are in. */
  const note = (text: string, person: Person | null, remembered: Remembered): Person | null => {
    if (person === null || !isIn(person)) return null
    remembered.put(text, person)
    return person
  }
  const look = (text: string, uses: readonly Use[], remembered: Remembered): Person | null | 'foreign' => {
    const known = remembered.get(text)
    if (known !== undefined) return isIn(known) ? known : null
    const read = tokens.read(uses, text)
    if (typeof read !== 'string') return note(text, read, remembered)
    return read === 'bad' ? 'foreign' : null
  }
  const bearer = (text: string): Person | null | Promise<Person | null> => {
    const found = look(text, ['bearer', 'seat'], bearers)
    if (found !== 'foreign') return found
    return provider === null ? null : provider(text).then((person) => note(text, person, bearers))
  }

  return ({ headers, secure, token }) => {
    const text = token ?? bearerOf(headers.authorization)
    // Whoever shows a token is that person or nobody, on an open floor too: so a share ends there as well.
    if (text !== undefined) return bearer(text)
    const cookie = readCookie(headers.cookie, secure)
    // A cookie comes along with whatever page asks: it counts for our own pages only.
    const isOwn = cookie !== null && allowsOrigin(headers.origin, headers.host, [])
    const found = isOwn ? look(cookie, ['session'], cookies) : null
    if (found !== null && found !== 'foreign') return found
    return ways.open ? ANYBODY : null
  }
}

/**
 * The token in a header Authorization. Of other sorts, which a balancer may ask for and browsers then send along,
 * nothing is known here.
 */
export const bearerOf = (header: string | undefined): string | undefined =>
  header === undefined ? undefined : BEARER.exec(header)?.[1]

/** Whether a floor still has the way by which somebody was let in: that it was open once lets nobody in later. */
export const hasWay = (ways: WaysIn, via: WayIn): boolean => {
  if (via === 'open') return ways.open
  if (via === 'invitation') return ways.invitations
  return via === 'openid' ? ways.openid : true
}
