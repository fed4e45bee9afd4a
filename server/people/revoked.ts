import type { Revocation } from '../../wire/access.ts'
import type { Person } from './person.ts'

/**
 * What this node knows to be taken back. It only grows: what is known is forgotten at its end and not before, whatever
 * Redis says after a restart.
 */
export type Revoked = {
  /** Takes these over; returns those that say more than was known. */
  add: (all: readonly Revocation[]) => Revocation[]
  /** What is known and not in this state, or in it with earlier times. */
  lackedBy: (state: readonly Revocation[]) => Revocation[]
  /** Whether what lets a person in was taken back, from them or from whoever made their share. */
  has: (person: Person) => boolean
  /** False once there was more than one node keeps. */
  isComplete: () => boolean
  count: () => number
  forgetEnded: () => void
}

/** More than the function library keeps; each takes some 200 bytes. */
const MOST = 50_000

export const createRevoked = (now: () => number): Revoked => {
  const known = new Map<string, Revocation>()
  let complete = true

  /** When a credential was taken back is no matter: all of it is. */
  const saysMore = ({ what, t, until }: Revocation, than: Revocation | undefined = known.get(what)): boolean =>
    than === undefined || until > than.until || (t > than.t && what.startsWith('p:'))

  const add = (each: Revocation): boolean => {
    const before = known.get(each.what)
    if (!isSound(each) || each.until <= now() || !saysMore(each)) return false
    if (before === undefined && known.size >= MOST) {
      complete = false
      return false
    }
    const t = Math.max(each.t, before?.t ?? 0)
    known.set(each.what, { what: each.what, t, until: Math.max(each.until, before?.until ?? 0) })
    return true
  }

  /** All that was issued to a person until a time is taken back. */
  const isOut = (handle: string | null, since: number): boolean => {
    const found = handle === null ? undefined : known.get(`p:${handle}`)
    return found !== undefined && since <= found.t
  }

  return {
    add: (all) => all.filter(add),
    lackedBy: (state) => {
      const there = new Map(state.map((each) => [each.what, each]))
      return [...known.values()].filter((each) => each.until > now() && saysMore(each, there.get(each.what) ?? NOTHING))
    },
    has: ({ id, credential, session, by, since }) =>
      (credential !== null && known.has(`c:${credential}`)) ||
      (session !== undefined && known.has(`c:${session}`)) ||
      isOut(id, since) ||
      isOut(by, since),
    isComplete: () => complete,
    count: () => known.size,
    forgetEnded: () => {
      for (const [what, { until }] of known) if (until <= now()) known.delete(what)
    },
  }
}

/** As the function library writes them: what anybody else wrote could never be told to it again. */
const isSound = ({ what, t, until }: Revocation): boolean =>
  /^[cp]:[^"\\]{1,298}$/.test(what) && Number.isSafeInteger(t) && Number.isSafeInteger(until)

const NOTHING: Revocation = { what: '', t: 0, until: 0 }
