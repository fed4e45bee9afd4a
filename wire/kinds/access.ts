import type { AccessSnapshot, AccessUpdate } from '../access.ts'
import { exactly } from './id.ts'
import type { Kind } from './kind.ts'

const empty: AccessSnapshot = { revoked: [] }

const conflateAccess = (updates: readonly AccessUpdate[]): AccessUpdate => ({
  revoked: updates.flatMap(({ revoked = [] }) => revoked),
})

/** What was taken back from whom. There is one topic of it, `a:access`, which nodes watch and clients never do. */
export const access = {
  letter: 'a',
  id: Array.from('access', (letter) => exactly(1, letter)),
  parts: ['log', 'revoked', 'people', 'invitations', 'shares', 'record', 'arrivals'],
  empty,
  conflate: conflateAccess,
  byName: false,
  missing: null,
} as const satisfies Kind
