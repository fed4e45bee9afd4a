import { expect, test } from 'vitest'
import { CLOCKS_MS, LONGEST_SHARE_MS } from '../../../server/people/lifetimes.ts'
import { CHECK_EVERY_MS, COMPARED_WITHIN_MS } from '../../../server/people/revocations.ts'
import { COARSER, MOST_SHARE_GRANTS } from '../../../server/people/shares.ts'
import { MOST_AT_A_TIME } from '../../../server/people/store.ts'
import { grouped, inCode, inLua, text } from '../../support/figures.ts'

const page = text('docs/shares.md')
const flowing = page.replace(/\s+/g, ' ')
const inWords = (value: number, said: number, words: string): string =>
  value === said ? words : `${value}, not "${words}"`
const DAY_MS = 86_400_000
const [shares, ofOne] = [inLua('MOST_SHARES'), inLua('MOST_SHARES_OF_ONE')]

const SENTENCES = [
  `at most ${LONGEST_SHARE_MS / DAY_MS} days from now`,
  `up to ${ofOne} shares, and all together up to ${grouped(shares)}`,
  inWords(inCode('server/http/people-common.ts', 'LISTED_MS') / DAY_MS, 7, 'until a week after their end'),
  `A share has at most ${MOST_SHARE_GRANTS} grants`,
  inWords(COARSER, 2, 'to tiles of two by two, or four by four, cells'),
  inWords(CHECK_EVERY_MS, 1000, 'for each looks once a second'),
  inWords(inCode('server/people/arrivals.ts', 'ARRIVALS_EVERY_MS'), 1000, 'A node looks once a second'),
  inWords(CHECK_EVERY_MS + COMPARED_WITHIN_MS, 3000, 'It knows within three seconds'),
  inWords(CLOCKS_MS, 5000, 'Clocks of nodes may differ by five seconds'),
  `of at most ${inCode('server/http/body.ts', 'MOST_BODY_BYTES') / 1024} KiB`,
  `whole within ${inCode('server/http/body.ts', 'WHOLE_WITHIN_MS') / 1000} seconds`,
  `(${grouped(inLua('MOST_PEOPLE'))} people, ${grouped(inLua('MOST_INVITATIONS'))} invitations, ${grouped(shares)} shares, ${grouped(inLua('MOST_REVOKED'))} credentials taken back)`,
  `The last ${grouped(inLua('MOST_RECORDED'))} lines are kept`,
  inWords(inLua('SELDOM'), 60_000, 'one a minute is in the record'),
]

test('docs/shares.md gives the figures that the code has', () => {
  expect(SENTENCES.filter((sentence) => !flowing.includes(sentence))).toEqual([])
})

test('docs/shares.md lists the routes that there are, and no others', () => {
  const code = ['people', 'invitations', 'shares'].map((name) => text(`server/http/${name}.ts`)).join('\n')
  const routes = [...code.matchAll(/router\.(get|post)\('([^']+)'/g)].map(
    ([, method = '', path = '']) => `${method.toUpperCase()} /api${path.replace(':id', '<id>')}`,
  )
  const listed = [...page.matchAll(/^\| `((?:GET|POST) [^`?]+)/gm)].map(([, route]) => route)
  expect(routes.length).toBeGreaterThan(7)
  expect(listed.sort()).toEqual(routes.sort())
})

test('the library takes as many revocations in one call as a node makes', () => {
  expect(inLua('MOST_AT_A_TIME')).toBe(MOST_AT_A_TIME)
})
