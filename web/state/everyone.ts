import type { PeopleReply } from '../../wire/people.ts'
import type { WireError } from '../../wire/protocol.ts'
import { type Calls, errorOf } from './calls.ts'
import { createListed } from './listed.ts'
import { byName } from './watchlist.ts'

/** Everyone whom this floor knows, by name. Whoever manages people can cut somebody off. */
export const createEveryone = (calls: Calls) => {
  const { list, load } = createListed(
    () => calls.get<PeopleReply>('/api/people'),
    ({ people }) => people.toSorted((a, b) => byName(a.name, b.name) || byName(a.id, b.id)),
  )
  return {
    list,
    load,
    /** Ends all that lets them in. Returns why it could not be done; null: it was. */
    cutOff: async (person: string): Promise<WireError | null> => errorOf(await calls.post('/api/revoke', { person })),
  }
}
