import type { Person } from '../../../../server/people/person.ts'
import { ALL_GRANTS, type Grants, parseGrants } from '../../../../wire/grants.ts'

/** Grants of a text that must be one. */
export const grants = (text: string): Grants => {
  const read = parseGrants(text)
  if (read === null) throw new Error(`"${text}" are no grants`)
  return read
}

/** Ann, let in by an invitation, who may do everything; or whoever differs from her in this. */
export const person = (other: Partial<Person> = {}): Person => ({
  id: 'ann',
  name: 'Ann',
  grants: ALL_GRANTS,
  via: 'invitation',
  credential: 'inv-1',
  by: null,
  since: 1000,
  until: null,
  ...other,
})
