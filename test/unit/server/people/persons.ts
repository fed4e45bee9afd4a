import type { Person } from '../../../../server/people/person.ts'
import { somebody } from '../../../support/people.ts'

/** Ann, let in by an invitation long ago, or whoever differs from her in this. */
export const person = (more: Partial<Person> = {}): Person =>
  somebody({ via: 'invitation', credential: 'inv-1', since: 1000, until: null, ...more })
