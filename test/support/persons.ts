import { ANYBODY, type Person } from '../../server/people/person.ts'
import { parseGrants } from '../../wire/grants.ts'

/** Somebody with these grants. */
export const personWith = (grants: string, more: Partial<Person> = {}): Person => {
  const parsed = parseGrants(grants)
  if (parsed === null) throw new Error(`no grants: ${grants}`)
  return { ...ANYBODY, id: 'ann', name: 'Ann', via: 'invitation', credential: 'one', ...more, grants: parsed }
}
