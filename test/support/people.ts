import type { Person } from '../../server/people/person.ts'
import { makeSecret, readSecret } from '../../server/people/secret.ts'
import { createTokens, type Tokens } from '../../server/people/tokens.ts'
import { ALL_GRANTS } from '../../wire/grants.ts'
import { TEST_SECRET } from './environment.ts'

/** Signs as the nodes do that tests start. */
export const testTokens = async (): Promise<Tokens> => {
  makeSecret(TEST_SECRET)
  return createTokens(readSecret(TEST_SECRET), Date.now)
}

/** Somebody who may do everything for an hour, but for what is said. */
export const somebody = (more: Partial<Person> = {}): Person => ({
  id: 'ann',
  name: 'Ann',
  grants: ALL_GRANTS,
  via: 'token',
  credential: 'test',
  by: null,
  since: Date.now(),
  until: Date.now() + 3_600_000,
  ...more,
})

/** What a browser sends with a request from our own page. */
export const fromOwnPage = { 'Content-Type': 'application/json', 'Sec-Fetch-Site': 'same-origin' }
