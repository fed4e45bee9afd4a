import type { Cursor } from '../../wire/protocol.ts'

/** Where a topic was at the last heartbeat, and whether the client was told that. */
export type LastBeat = { at: Cursor | null; told: boolean }

/** Notes where a topic is at a heartbeat. Returns whether it has been quiet since the last one, and that is news. */
export const isNews = (last: LastBeat, at: Cursor | null): at is Cursor => {
  const moved = at?.seq !== last.at?.seq || at?.epoch !== last.at?.epoch
  if (moved) {
    last.at = at
    last.told = false
  }
  return !moved && at !== null && at.seq > 0 && !last.told
}
