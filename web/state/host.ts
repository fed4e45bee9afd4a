import type { SessionReply } from '../../wire/people.ts'
import type { Calls, Failed } from './calls.ts'

/** What lets this page in was prolonged. `ticket` tells the open socket so; `until`: Unix milliseconds, null: no end. */
export type Renewed = { ticket: string; until: number | null }

/** Whoever answers for this page: the person who is signed in, or the share that it shows. */
export type Host = {
  renew: () => Promise<Renewed | Failed>
  /** What lets it in ends at this time (Unix milliseconds) for sure, and why it is not prolonged. */
  fade: (until: number, why: string) => void
  /** It has ended. */
  end: (reason: 'revoked' | 'expired') => void
  /** A node has let the page in. */
  met: () => void
  /** A node did not let the page in: whether it still stands has to be asked. */
  check: () => Promise<void>
}

/** A share ends when it ends. */
const FOR_GOOD: Failed = { error: { code: 'not_allowed', message: 'It can’t be prolonged.' } }

/** Has the node prolong what lets this page in; `take` hears of what it is then. */
export const renewBy = async (calls: Calls, take: (reply: SessionReply) => unknown): Promise<Renewed | Failed> => {
  const reply = await calls.post<SessionReply>('/api/session/renew', {})
  if ('error' in reply) return reply
  take(reply)
  const { ticket, me } = reply
  return ticket === undefined ? FOR_GOOD : { ticket, until: me?.until ?? null }
}
