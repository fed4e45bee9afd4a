import fc from 'fast-check'
import { USES } from '../../../server/people/tokens.ts'
import { anyBytes, anyText, toLatin1 } from './bytes.ts'
import { FORGED } from './people-requests.ts'

/** Something that is shown as a token: a right one of some use, perhaps changed in a place, or none at all. */
export type ShownToken =
  | { use: (typeof USES)[number]; change: { at: number; bytes: string; drop: number } | null }
  | { text: string }

const change = fc.record({
  at: fc.nat({ max: 2000 }),
  bytes: fc.oneof(anyBytes(3), fc.constantFrom('', '.', '=', ' ', 'A', '\u0000', ',')),
  drop: fc.nat({ max: 3 }),
})
export const shownToken: fc.Arbitrary<ShownToken> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ use: fc.constantFrom(...USES), change: fc.option(change, { freq: 4 }) }) },
  { weight: 3, arbitrary: fc.constantFrom(...FORGED).map((text) => ({ text })) },
  anyText.map((text) => ({ text: toLatin1(text) })),
  anyBytes(300).map((text) => ({ text })),
)

/** Whether a text is the token that was signed: nothing else may let anybody in. */
export const changedToken = (right: string, shown: ShownToken): string => {
  if ('text' in shown) return shown.text
  if (shown.change === null) return right
  const { at, bytes, drop } = shown.change
  const from = at % right.length
  return right.slice(0, from) + bytes + right.slice(from + drop)
}
