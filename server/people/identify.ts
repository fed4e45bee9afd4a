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
 * Who asks; null: nobody who may. On an open floor whoever shows nothing is {@link ANYBODY}. It is known at once where
 * the same was asked before.
 */
export type Identify = (asking: Asking) => Person | null | Promise<Person | null>

/** Letters of tokens that are remembered for each sort: those of some ten thousand people. */
const MOST_LETTERS = 4 * 1024 * 1024
const BEARER = /^Bearer +(\S+)$/i

/** Where a text was shown, which says what it must be for. */
type Shown = { text: string; uses: readonly Use[]; remembered: Remembered }

export const createIdentify = ({ tokens, ways, standing, now, provider }: IdentifyPorts): Identify => {
  const cookies = createRemembered(MOST_LETTERS)
  const bearers = createRemembered(MOST_LETTERS)

  const isIn = (person: Person): boolean =>
    hasWay(ways, person.via) && (person.until === null || person.until > now()) && standing(person)

  const read = async (uses: readonly Use[], text: string): Promise<Person | null> => {
    const own = await tokens.read(uses, text)
    if (typeof own !== 'string') return own
    return own === 'bad' && provider !== null && uses.includes('bearer') ? provider(text) : null
  }

  const look = ({ text, uses, remembered }: Shown): Person | null | Promise<Person | null> => {
    const known = remembered.get(text)
    if (known !== undefined) return isIn(known) ? known : null
    return read(uses, text).then((person) => {
      if (person === null || !isIn(person)) return null
      remembered.put(text, person)
      return person
    })
  }
  const orAnybody = (person: Person | null): Person | null => person ?? (ways.open ? ANYBODY : null)

  return ({ headers, secure, token }) => {
    const text = token ?? bearerOf(headers.authorization)
    // Whoever shows a token is that person or nobody, on an open floor too: so a share ends there as well.
    if (text !== undefined) return look({ text, uses: ['bearer', 'seat'], remembered: bearers })
    const cookie = readCookie(headers.cookie, secure)
    // A cookie comes along with whatever page asks: it counts for our own pages only.
    if (cookie === null || !allowsOrigin(headers.origin, headers.host, [])) return orAnybody(null)
    const found = look({ text: cookie, uses: ['session'], remembered: cookies })
    return found instanceof Promise ? found.then(orAnybody) : orAnybody(found)
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
