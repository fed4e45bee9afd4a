import type { ConnectionState } from './connection-state.ts'

/** How the link to the node is, in one word; `silent`: connected, yet nothing was heard for too long. */
export type Health = 'connecting' | 'live' | 'silent' | 'waiting' | 'offline'

/** Nothing heard for this many heartbeats, not even a heartbeat: say so. */
export const SILENT_HEARTBEATS = 2.5
/** Nothing heard for this many: the connection is dead though nobody said so, and is made anew. */
export const DEAD_HEARTBEATS = 3

/**
 * The link's health from what the socket says, when it was last heard, and whether the node has answered yet for what
 * is shown: before that it may be old.
 */
export const healthOf = (
  phase: ConnectionState['phase'],
  online: boolean,
  silentFor: number,
  heartbeatMs: number,
  caughtUp: boolean,
): Health => {
  if (!online) return 'offline'
  if (phase === 'live' && silentFor > heartbeatMs * SILENT_HEARTBEATS) return 'silent'
  if (phase === 'live') return caughtUp ? 'live' : 'connecting'
  return phase === 'connecting' ? 'connecting' : 'waiting'
}
