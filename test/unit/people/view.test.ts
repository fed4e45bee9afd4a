import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { coverView } from '../../../server/fleet/view.ts'
import type { Person } from '../../../server/people/person.ts'
import { createRights } from '../../../server/people/rights.ts'
import { cellOf, cellsCovering } from '../../../wire/cells.ts'
import { cellTopic, type Topic } from '../../../wire/topics.ts'
import { personWith } from '../../support/persons.ts'

const rights = createRights({ now: () => 0, isRevoked: () => false })
const sightOf = (person: Person) => ({
  mayWatch: (topic: Topic) => rights.mayWatch(person, topic),
  extent: (start: string) => rights.extent(person, start),
})
const THERE = ['buses', 'other', 'vans']
const AUSTIN = { west: -97.8, south: 30.2, east: -97.7, north: 30.3 }
const HERE = cellOf(30.25, -97.75, 'buses')
const cover = (grants: string, named?: string[]) => coverView(AUSTIN, named, THERE, sightOf(personWith(grants)))
const cellsOf = (...groups: string[]) => cellsCovering(AUSTIN, groups)?.map(cellTopic)

test('whoever may see everything gets all cells of all groups, or of those that they name', () => {
  expect(cover('watch:*')).toEqual({ topics: cellsOf(...THERE), groups: THERE })
  expect(cover('watch:c:*', ['vans', 'vans'])).toEqual({ topics: cellsOf('vans'), groups: THERE })
  expect(cover('watch:c:*', [])).toEqual({ topics: [], groups: THERE })
})

test('whoever may see one group gets its cells, and does not hear which others there are', () => {
  expect(cover('watch:c:buses/*')).toEqual({ topics: cellsOf('buses'), groups: ['buses'] })
  const named = { topics: cellsOf('buses'), groups: ['buses'], leftOut: { groups: ['vans', 'tanks'], area: false } }
  expect(cover('watch:c:buses/*', ['buses', 'vans', 'tanks'])).toEqual(named)
  const none = { topics: [], groups: ['buses'], leftOut: { groups: ['vans'], area: false } }
  expect(cover('watch:c:buses/*', ['vans'])).toEqual(none)
})

test('whoever may see an area gets its cells, and is told that some are missing', () => {
  const some = { topics: [cellTopic(HERE)], groups: ['buses'], leftOut: { groups: [], area: true } }
  expect(cover(`watch:c:${HERE}`)).toEqual(some)
  expect(cover(`watch:c:${HERE.slice(0, -1)}*`)?.topics).toContain(cellTopic(HERE))
  expect(cover('watch:c:buses/3*')).toEqual({ ...some, topics: [] })
  expect(cover('watch:s:*')).toEqual({ topics: [], groups: [], leftOut: { groups: [], area: true } })
})

test('what may not be seen does not make a view too wide', () => {
  const wide = { west: -97.8, south: 29.5, east: -97, north: 30.3 }
  const there = Array.from({ length: 9 }, (_, i) => `g${i}`)
  const wideFor = (grants: string) => coverView(wide, undefined, there, sightOf(personWith(grants))) === null
  expect([wideFor('watch:*'), wideFor('watch:c:g1/*')]).toEqual([true, false])
})

test('every cell that is covered may be watched, and every other cell of the view may not', () => {
  const start = fc.constantFrom(
    'c:',
    'c:b',
    'c:buses/',
    'c:buses/0231',
    `c:${HERE.slice(0, -2)}`,
    `c:${HERE}`,
    'c:vans',
    's:',
  )
  const grants = fc.array(fc.tuple(start, fc.constantFrom('', '*')), { maxLength: 3 })
  fc.assert(
    fc.property(grants, fc.option(fc.subarray([...THERE, 'tanks'])), (some, named) => {
      const person = personWith(some.map(([begin, star]) => `watch:${begin}${star}`).join(' '))
      const covered = coverView(AUSTIN, named ?? undefined, THERE, sightOf(person))
      const all = cellsOf(...(named ?? THERE)) ?? []
      expect(covered?.topics).toEqual(all.filter((topic) => rights.mayWatch(person, topic)))
    }),
  )
})
