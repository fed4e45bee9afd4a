import type { Topic } from '../../wire/topics.ts'

/**
 * A request that is about people rather than topics: what it asks for is checked by the act itself, and it resolves
 * with the reply. Where it rejects, the client is told `unavailable`.
 */
export type Act = (input: unknown) => Promise<object>
export const ACTS = ['say', 'mark', 'here', 'renew'] as const
export type Acts = Record<(typeof ACTS)[number], Act>

/** Who a client is, as far as the live core needs to know. */
export type Who = {
  /** Whether they may watch this topic, at this moment. */
  mayWatch: (topic: Topic) => boolean
  acts: Acts
}
