import { expect, test } from 'vitest'
import { createRights } from '../../../server/people/rights.ts'
import { ACTIONS, covers, MOST_GRANTS_LETTERS, OFFICES, parseGrants } from '../../../wire/grants.ts'
import type { Topic } from '../../../wire/topics.ts'
import { grouped, inCode, text } from '../../support/figures.ts'
import { personWith } from '../../support/persons.ts'

const page = text('docs/grants.md')
const named = (heading: string): string[] => {
  const [table = ''] = new RegExp(`\\| ${heading} \\|[\\s\\S]*?\\n\\n`).exec(page) ?? []
  return [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, name = '']) => name)
}
/** All grants that the page shows: lines of their own, and words between backticks. */
const lines = [...page.matchAll(/^ {4}(\w+:.*)$/gm)].map(([, line = '']) => line)
const words = [...page.matchAll(/`((?:watch|say|announce|share|command|manage):[^`]*)`/g)].map(([, word = '']) => word)

test('the page lists every action and every office', () => {
  expect(named('action')).toEqual([...ACTIONS])
  expect(named('office')).toEqual([...OFFICES])
})

test.each([...lines, ...words])('what the page shows is written as grants are: %s', (grants) => {
  expect(parseGrants(grants)).not.toBeNull()
})

test('the page gives the figures that the code has', () => {
  expect(page).toContain(`at most ${grouped(MOST_GRANTS_LETTERS)} letters`)
  expect(page).toContain(`${inCode('server/people/attendance.ts', 'RENEW_WITHIN_MS') / 1000} seconds before that`)
})

test('the people of the examples may do what the page says of them', () => {
  const rights = createRights({ now: () => 0, isRevoked: () => false })
  const [, trader = '', dispatcher = '', screen = '', manager = '', all = ''] = lines
  const topics = ['s:AAPL', 'd:BUS-1', 'c:buses/0231301203311', 'c:buses/0231301200000', 'c:other/0231301203311']
  const seenWith = (grants: string) => topics.filter((topic) => rights.mayWatch(personWith(grants), topic as Topic))
  expect(seenWith(trader)).toEqual(['s:AAPL'])
  expect(seenWith(dispatcher)).toEqual(['d:BUS-1', 'c:buses/0231301203311', 'c:buses/0231301200000'])
  expect(seenWith(screen)).toEqual(['c:buses/0231301203311'])
  expect(seenWith(manager)).toEqual(topics)
  for (const given of [trader, screen]) expect(covers(personWith(manager).grants, personWith(given).grants)).toBe(true)
  expect(seenWith(all)).toEqual(topics)
  expect(OFFICES.filter((office) => rights.mayManage(personWith(manager), office))).toEqual([
    'people',
    'shares',
    'record',
  ])
})
