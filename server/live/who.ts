import type { Extent } from '../../wire/grants.ts'
import type { Topic } from '../../wire/topics.ts'

/**
 * A request that is about people rather than topics: what it asks for is checked by the act itself, and it resolves
 * with the reply. Where it rejects, the client is told `unavailable`.
 */
export type Act = (input: unknown) => Promise<object>
export const ACTS = ['say', 'mark', 'here', 'command', 'cancel', 'renew'] as const
export type Acts = Record<(typeof ACTS)[number], Act>
/** What only clients of the past ask. */
export const PAST_ACTS = ['clock'] as const
type PastActs = Partial<Record<(typeof PAST_ACTS)[number], Act>>

/** What whoever asks may watch, at the moment of asking. */
export type Sight = {
  mayWatch: (topic: Topic) => boolean
  /** How much they may watch of all the topics whose names begin with `start`. */
  extent: (start: string) => Extent
}

/** Who a client is, as far as the live core needs to know. */
export type Who = Sight & {
  acts: Acts & PastActs
  /** They came by a share, and see of some topics a part only (guests.ts). It stays so as long as they are connected. */
  isGuest: boolean
}
