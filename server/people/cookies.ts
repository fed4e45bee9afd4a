/**
 * The cookie of a session. Over https its name begins so that browsers take it only with Secure, without a Domain, and
 * from no other host.
 */
const NAMES = { plain: 'wf_session', secure: '__Host-wf_session' } as const
const nameOf = (secure: boolean): string => (secure ? NAMES.secure : NAMES.plain)

/** Browsers keep a cookie no longer than this, in milliseconds: that of a session without an end. */
const LONGEST_MS = 400 * 24 * 3_600_000

/** The token in the header Cookie of a request that came by https (`secure`) or not; null without one. */
export const readCookie = (header: string | undefined, secure: boolean): string | null =>
  namedCookie(header, nameOf(secure))

/** The header Set-Cookie for a session that ends at `until` (null: never). */
export const writeCookie = (token: string, secure: boolean, until: number | null, now: number): string => {
  const seconds = Math.ceil(Math.max(0, Math.min((until ?? Number.POSITIVE_INFINITY) - now, LONGEST_MS)) / 1000)
  return `${nameOf(secure)}=${token}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${seconds}${secure ? '; Secure' : ''}`
}

/** A cookie for one part of the floor, that its scripts cannot read. */
export type PartCookie = { name: string; path: string; value: string; seconds: number; secure: boolean }
export const setCookie = ({ name, path, value, seconds, secure }: PartCookie): string =>
  `${name}=${value}; Path=${path}; HttpOnly; SameSite=Lax; Max-Age=${seconds}${secure ? '; Secure' : ''}`

/** The value of a cookie by its name; null without one. */
export const namedCookie = (header: string | undefined, name: string): string | null => {
  for (const part of header?.split(';') ?? []) {
    const at = part.indexOf('=')
    if (part.slice(0, at).trim() === name) return part.slice(at + 1).trim()
  }
  return null
}

/** The header Set-Cookie that ends a session in the browser. */
export const endCookie = (secure: boolean): string => writeCookie('', secure, 0, 0)
