import type { PersonEntry } from '../../wire/people.ts'

/** Everybody that the floor knows; the same list as long as nothing newer was read. */
export type ReadPeople = () => Promise<readonly PersonEntry[]>

/** The handles of all people, looked up once for each list. */
export const createHandles = (read: ReadPeople): (() => Promise<ReadonlySet<string>>) => {
  let last: readonly PersonEntry[] | null = null
  let handles: ReadonlySet<string> = new Set()
  return async () => {
    const people = await read()
    if (people !== last) {
      last = people
      handles = new Set(people.map(({ id }) => id))
    }
    return handles
  }
}
