import type { Gap } from '../../wire/protocol.ts'

/**
 * Why a client was ended: it took nothing for too long (`stalled`), asked far too much (`requests`), or for what its
 * connection did (server/access): it did not join, left a message unfinished, owed work for too long, sent what is no
 * packet.
 */
export const ENDINGS = ['stalled', 'requests', 'silent', 'unfinished', 'work', 'packet'] as const
export type Ending = (typeof ENDINGS)[number]

/**
 * What the core counts, for metrics. `returned`: a client came with cursors. `difference`: a comparison found a topic
 * behind.
 */
export type Event =
  | 'update'
  | 'repeat'
  | 'malformed'
  | `gap_${Gap['reason']}`
  | 'replay'
  | 'resync'
  | 'slow'
  | `ended_${Ending}`
  | 'connected'
  | 'returned'
  | 'difference'
export type Count = (event: Event) => void
