import type { Tokens, Use } from '../../../server/people/tokens.ts'
import { parseGrants } from '../../../wire/grants.ts'
import { somebody, testTokens } from '../../support/people.ts'

let tokens: Promise<Tokens> | null = null
const known = new Map<string, Promise<string>>()

/** Signed as the nodes of the stage sign, once for all cases: a token that they let in, for its use. */
export const tokenOf = (name: string, use: Use = 'bearer', grants = 'watch:* say:* announce:*'): Promise<string> => {
  const key = `${use} ${name} ${grants}`
  const found = known.get(key)
  if (found) return found
  tokens ??= testTokens()
  const person = somebody({ id: name.toLowerCase(), name, grants: parseGrants(grants) ?? [], credential: 'fuzz' })
  const made = tokens.then(({ sign }) => sign(use, person))
  known.set(key, made)
  return made
}
