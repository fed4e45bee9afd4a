import { MAX_PERSON_NAME } from '../../../wire/people.ts'
import type { Claims } from './grants-file.ts'

/** Somebody as their provider knows them. */
export type Identity = {
  /** The same for ever for the same person: provider and subject. */
  key: string
  /** As others read it. */
  name: string
  claims: Claims
}

const NAMES = ['name', 'preferred_username', 'nickname', 'email'] as const
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** Who the claims speak of; null where they name nobody. */
export const identityOf = (claims: Claims): Identity | null => {
  const { iss, sub } = claims
  if (typeof iss !== 'string' || typeof sub !== 'string' || sub === '') return null
  const named = NAMES.map((name) => claims[name]).find((value) => typeof value === 'string' && value.trim() !== '')
  const name = String(named ?? sub)
    .normalize('NFC')
    .replace(CONTROL, '')
    .trim()
    .slice(0, MAX_PERSON_NAME)
  return { key: `openid:${iss} ${sub}`, name: name || 'Somebody', claims }
}
