import type { Tokens, Use } from '../../../server/people/tokens.ts'
import { parseGrants } from '../../../wire/grants.ts'
import { somebody, testTokens } from '../../support/people.ts'

let tokens: Promise<Tokens> | null = null
const known = new Map<string, { at: number; text: Promise<string> }>()
/** A ticket is good for a minute: none is used for longer than this, in milliseconds. */
const FRESH_MS = 20_000
const DAY_MS = 86_400_000

/** Signed as the nodes of the stage sign, once for many cases: a token that they let in, for its use. */
export const tokenOf = (name: string, use: Use = 'bearer', grants = 'watch:* say:* announce:*'): Promise<string> => {
  const key = `${use} ${name} ${grants}`
  const found = known.get(key)
  if (found && Date.now() - found.at < FRESH_MS) return found.text
  tokens ??= testTokens()
  const person = somebody({
    id: name.toLowerCase(),
    name,
    grants: parseGrants(grants) ?? [],
    credential: 'fuzz',
    until: Date.now() + DAY_MS,
  })
  const text = tokens.then(({ sign }) => sign(use, person))
  known.set(key, { at: Date.now(), text })
  return text
}
