import { type ReadonlySignal, signal } from '@preact/signals'
import type { Me, SessionReply, Shown } from '../../wire/people.ts'
import type { WireError } from '../../wire/protocol.ts'
import { createCalls, type Fetch } from './calls.ts'
import { type Host, renewBy } from './host.ts'
import { remember, type Shelf } from './memory.ts'

/** Why a share's page shows nothing. `forgotten`: it was opened without its link. */
export type Ending =
  | { why: 'revoked'; until: number | null }
  | { why: 'expired'; until: number | null }
  | { why: 'forgotten'; until: null }
  | { why: 'refused'; error: WireError; until: null }

/** Where the page of a share stands. */
export type SeatPhase =
  | { at: 'asking' }
  | { at: 'open'; show: Shown; name: string; until: number | null }
  | { at: 'ended'; ending: Ending }

/** What a share's page asks with, and what it shows; kept as long as the tab lives, so that a reload works. */
type Kept = { bearer: string; show: Shown; me: Me }

const readKept = (stored: unknown): Kept | null => {
  const { bearer, show, me } = (stored ?? {}) as Partial<Kept>
  return typeof bearer === 'string' && show !== undefined && me !== undefined ? { bearer, show, me } : null
}

export type SeatOptions = { fetch: Fetch; shelf: Shelf; now: () => number }

/** The page of a share: it is nobody's sign-in, and asks with a token of its own instead of a cookie. */
export const createSeat = ({ fetch, shelf, now }: SeatOptions) => {
  const memory = remember<Kept | null>(shelf, 'seat', readKept)
  const phase = signal<SeatPhase>({ at: 'asking' })
  let kept = memory.get()

  /** Without cookies: the page of a share is not whoever is signed in besides. */
  const ask: Fetch = (path, init) => {
    const headers = { ...init.headers, ...(kept && { Authorization: `Bearer ${kept.bearer}` }) }
    return fetch(path, { ...init, headers, credentials: 'omit' })
  }
  const calls = createCalls(ask)
  const close = (ending: Ending): void => {
    kept = null
    memory.set(null)
    if (phase.peek().at !== 'ended') phase.value = { at: 'ended', ending }
  }
  const endedAt = (until: number | null): Ending => ({
    why: until !== null && until <= now() ? 'expired' : 'revoked',
    until,
  })
  const take = ({ me, bearer, show }: SessionReply): Kept | null => {
    const token = bearer ?? kept?.bearer
    const shown = show ?? kept?.show
    if (me === null || token === undefined || shown === undefined) return null
    kept = { bearer: token, show: shown, me }
    memory.set(kept)
    return kept
  }
  const settle = ({ show, me: { name, until } }: Kept): void => {
    if (phase.peek().at === 'asking') phase.value = { at: 'open', show, name, until }
  }
  const refuse = (error: WireError): void => close({ why: 'refused', error, until: null })

  const check = async (): Promise<void> => {
    const before = kept
    if (before === null) return close({ why: 'forgotten', until: null })
    const reply = await calls.get<SessionReply>('/api/session')
    // Where the node cannot be reached, the page says so by itself.
    if ('error' in reply && reply.error.code !== 'not_signed_in') return settle(before)
    const taken = 'error' in reply ? null : take(reply)
    if (taken === null) close(endedAt(before.me.until))
    else settle(taken)
  }

  return {
    phase: phase as ReadonlySignal<SeatPhase>,
    fetch: ask,
    calls,
    bearer: (): string => kept?.bearer ?? '',
    /** Takes the token of a link. */
    open: async (token: string): Promise<void> => {
      kept = null
      const reply = await calls.post<SessionReply>('/api/session', { token })
      if ('error' in reply) return refuse(reply.error)
      const taken = take(reply)
      if (taken === null) refuse({ code: 'not_signed_in', message: 'This is not the link of something shared.' })
      else settle(taken)
    },
    check,
    renew: () => renewBy(calls, take),
    met: (): void => {},
    /** That it ends is on the page already. */
    fade: (): void => {},
    end: (reason: 'revoked' | 'expired'): void => close({ why: reason, until: kept?.me.until ?? null }),
  } satisfies Host & Record<string, unknown>
}
export type Seat = ReturnType<typeof createSeat>
