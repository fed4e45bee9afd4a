import type { Cursor } from '../../wire/protocol.ts'

/** Where a topic is that does not exist, or has had no update yet. */
export const NOWHERE: Cursor = { epoch: '', seq: 0 }
