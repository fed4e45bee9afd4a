import type { Presence, PresenceSnapshot, PresenceUpdate } from '../rooms.ts'
import { exactly } from './id.ts'
import type { Kind } from './kind.ts'

const empty: PresenceSnapshot = { here: [] }

/** What became of each person last. */
const conflatePresence = (updates: readonly PresenceUpdate[]): PresenceUpdate => {
  const here = new Map<string, Presence>()
  const gone = new Set<string>()
  for (const update of updates) {
    for (const person of update.here ?? []) {
      here.set(person.id, person)
      gone.delete(person.id)
    }
    for (const id of update.gone ?? []) {
      here.delete(id)
      gone.add(id)
    }
  }
  return {
    ...(here.size > 0 && { here: [...here.values()] }),
    ...(gone.size > 0 && { gone: [...gone] }),
  }
}

/** Who is here. There is one topic of it: `p:floor`. */
export const presence = {
  letter: 'p',
  id: Array.from('floor', (letter) => exactly(1, letter)),
  parts: ['log', 'here', 'tabs', 'leases'],
  empty,
  conflate: conflatePresence,
  byName: true,
  missing: null,
} as const satisfies Kind
