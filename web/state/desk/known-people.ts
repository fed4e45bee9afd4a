import { type ReadonlySignal, signal } from '@preact/signals'
import type { PeopleReply, PersonEntry } from '../../../wire/people.ts'

/** How old the list may be before it is read again when it is needed, in milliseconds. */
const FRESH_MS = 60_000

/** Everybody whom the floor knows, also those who are not here. `now`: milliseconds of a clock that never jumps. */
export const createKnownPeople = (load: () => Promise<PeopleReply>, now: () => number) => {
  const people = signal<readonly PersonEntry[]>([])
  let readAt = Number.NEGATIVE_INFINITY
  let busy = false
  const read = async (): Promise<void> => {
    if (busy || now() - readAt < FRESH_MS) return
    busy = true
    readAt = now()
    try {
      people.value = (await load()).people
    } catch {
      // Those who are here are known all the same.
    } finally {
      busy = false
    }
  }
  return {
    people: people as ReadonlySignal<readonly PersonEntry[]>,
    read: (): void => void read(),
    clear: (): void => {
      people.value = []
      readAt = Number.NEGATIVE_INFINITY
    },
  }
}
export type KnownPeople = ReturnType<typeof createKnownPeople>
