import { MAX_PERSON_NAME } from '../../../wire/people.ts'
import { tidyName } from '../names.ts'
import type { Claims } from './grants-file.ts'

/** Somebody as their provider knows them. */
export type Identity = {
  /** The same for ever for the same person: provider and subject. */
  key: string
  /** As others read it. */
  name: string
  claims: Claims
}

/** Half a letter, left where a name was cut. */
const HALF = /[\ud800-\udbff]$/
const NAMES = ['name', 'preferred_username', 'nickname', 'email'] as const

/** Who the claims speak of; null where they name nobody. */
export const identityOf = (claims: Claims): Identity | null => {
  const { iss, sub } = claims
  if (typeof iss !== 'string' || typeof sub !== 'string' || sub === '') return null
  const named = NAMES.map((name) => claims[name]).find((value) => typeof value === 'string' && value.trim() !== '')
  const name = tidyName(String(named ?? sub).toWellFormed())
    .slice(0, MAX_PERSON_NAME)
    .replace(HALF, '')
    .trim()
  return { key: `openid:${iss} ${sub}`, name: name || 'Somebody', claims }
}
