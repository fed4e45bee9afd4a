import { computed, signal } from '@preact/signals'
import type { Presence, PresenceSnapshot, PresenceUpdate } from '../../../wire/rooms.ts'
import { byName } from '../watchlist.ts'

/** Who is on the floor. */
export const createPresence = () => {
  const people = signal<ReadonlyMap<string, Presence>>(new Map())
  return {
    /** By their names. */
    here: computed<readonly Presence[]>(() =>
      [...people.value.values()].toSorted((a, b) => byName(a.name, b.name) || byName(a.id, b.id)),
    ),
    has: (id: string): boolean => people.value.has(id),
    snapshot: ({ here }: PresenceSnapshot): void => {
      people.value = new Map(here.map((person) => [person.id, person]))
    },
    update: ({ here = [], gone = [] }: PresenceUpdate): void => {
      const next = new Map(people.peek())
      for (const id of gone) next.delete(id)
      for (const person of here) next.set(person.id, person)
      people.value = next
    },
  }
}
export type PresenceStore = ReturnType<typeof createPresence>
