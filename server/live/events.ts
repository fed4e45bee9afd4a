import type { Gap } from '../../wire/protocol.ts'

/**
 * Why a client was ended: it took nothing for too long (`stalled`), asked far too much (`requests`), or for what its
 * connection did (server/access): it did not join, left a message unfinished, owed work for too long, sent what is no
 * packet. `expired`, `revoked`: what let the person in ended, or was taken back.
 */
export const ENDINGS = ['stalled', 'requests', 'silent', 'unfinished', 'work', 'packet', 'expired', 'revoked'] as const
export type Ending = (typeof ENDINGS)[number]

/**
 * What the core counts, for metrics. `returned`: a client came with cursors. `difference`: a comparison found a topic
 * behind. `renewed`: a client's right was renewed; `withdrawn`: it gave less, and topics were dropped.
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
  | 'renewed'
  | 'withdrawn'
export type Count = (event: Event) => void
