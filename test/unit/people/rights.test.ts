import { expect, test } from 'vitest'
import { ANYBODY, type Person } from '../../../server/people/person.ts'
import { createRights } from '../../../server/people/rights.ts'
import { scopeOf } from '../../../server/people/scope.ts'
import { OFFICES, parseGrants } from '../../../wire/grants.ts'
import type { Topic } from '../../../wire/topics.ts'
import { personWith } from '../../support/persons.ts'

const setUp = () => {
  const clock = { now: 1000 }
  const revoked = new Set<Person>()
  const rights = createRights({ now: () => clock.now, isRevoked: (person) => revoked.has(person) })
  return { clock, revoked, rights }
}

test('a trader, a dispatcher and a manager may do what their grants say, and nothing else', () => {
  const { rights } = setUp()
  const trader = personWith('watch:s:* say:m:desk')
  const dispatcher = personWith('watch:c:buses/* watch:d:BUS-* command:d:BUS-*')
  const manager = personWith('manage:people manage:record')
  const may = (person: Person, ...topics: string[]) => topics.filter((topic) => rights.mayWatch(person, topic as Topic))
  const topics = ['s:AAPL', 'd:BUS-1', 'd:VAN-1', 'c:buses/0231301203313', 'c:other/0231301203313', 'r:devices']
  expect(may(trader, ...topics)).toEqual(['s:AAPL'])
  expect(may(dispatcher, ...topics)).toEqual(['d:BUS-1', 'c:buses/0231301203313'])
  expect(may(manager, ...topics)).toEqual([])
  expect(may(ANYBODY, ...topics)).toEqual(topics)
  expect(rights.may(dispatcher, 'command', 'd:BUS-1')).toBe(true)
  expect(rights.may(dispatcher, 'command', 'd:VAN-1')).toBe(false)
  expect(rights.may(trader, 'say', 's:AAPL')).toBe(false)
  expect(OFFICES.filter((office) => rights.mayManage(manager, office))).toEqual(['people', 'record'])
  expect(OFFICES.filter((office) => rights.mayManage(ANYBODY, office))).toEqual([...OFFICES])
})

test('a room about a topic is for those only who may watch the topic', () => {
  const { rights } = setUp()
  const person = personWith('watch:m:* say:m:* watch:s:A*')
  const rooms = ['m:desk', 'm:s:AAPL', 'm:s:MSFT', 'm:d:BUS-1', 'm:s:'] as string[] as Topic[]
  for (const action of ['watch', 'say'] as const)
    expect(rooms.filter((room) => rights.may(person, action, room))).toEqual(['m:desk', 'm:s:AAPL', 'm:s:'])
})

test('nothing is allowed once a right has ended or was taken back, and it may be asked at any moment', () => {
  const { clock, revoked, rights } = setUp()
  const person = personWith('watch:s:* manage:*', { until: 2000 })
  const all = () => [
    rights.standing(person),
    rights.mayWatch(person, 's:AAPL'),
    rights.mayManage(person, 'people'),
    rights.extent(person, 's:') === 'all',
  ]
  expect(all()).toEqual([true, true, true, true])
  clock.now = 1999
  revoked.add(person)
  expect(all()).toEqual([false, false, false, false])
  revoked.clear()
  expect(all()).toEqual([true, true, true, true])
  clock.now = 2000
  expect(all()).toEqual([false, false, false, false])
})

test('scopes of one name show the same, whoever has them and in whatever order', () => {
  const scope = (text: string) => scopeOf(parseGrants(text) ?? [])
  expect(scope('watch:* say:*')).toEqual({ name: '', sees: null })
  expect(scope('watch:s:B watch:s:A* say:m:desk').name).toBe(scope('manage:* watch:s:A* watch:s:B watch:s:B').name)
  const names = ['', 'say:s:A', 'watch:s:A', 'watch:s:A*', 'watch:s:A watch:s:B', 'watch:s:A%20watch:s:B', 'watch:*']
  expect(new Set(names.map((text) => scope(text).name)).size).toBe(names.length - 1)
  expect(scope('say:s:A').sees?.('s:A')).toBe(false)
  expect(scope('watch:s:A*').sees?.('s:AB')).toBe(true)
  expect(scope('watch:s:A*').sees?.('d:A')).toBe(false)
})
