import { expect, test } from 'vitest'
import { createAttendance } from '../../../server/people/attendance.ts'
import type { Person } from '../../../server/people/person.ts'
import { createRenew } from '../../../server/people/renew.ts'
import { createRights } from '../../../server/people/rights.ts'
import type { Topic } from '../../../wire/topics.ts'
import { personWith } from '../../support/persons.ts'

const MINUTE = 60_000

/** The attendance of a person, whose tokens are these people. */
const setUp = (person: Person, tokens: Record<string, Person> = {}) => {
  const clock = { now: 0 }
  const revoked = new Set<Person>()
  const happened: string[] = []
  const rights = createRights({ now: () => clock.now, isRevoked: (one) => revoked.has(one) })
  const did = async (): Promise<object> => ({ done: true })
  const attend = createAttendance({
    rights,
    renew: createRenew({ rights, readToken: async (token) => tokens[token] ?? null }),
    attend: ({ person: whose, may }) => {
      happened.push(`${whose().name} came`)
      const say = async () => ({ by: whose().name, may: may('say', 'm:desk' as Topic) })
      return { acts: { say, mark: did, here: did, command: did, cancel: did }, leave: () => happened.push('left') }
    },
    now: () => clock.now,
    renewed: () => happened.push('renewed'),
  })
  return { clock, revoked, happened, ...attend(person)(() => happened.push('withdraw')) }
}

test('half a minute before the end it is told to renew, once, and at the end that it is over', () => {
  const { clock, due } = setUp(personWith('watch:*', { until: MINUTE }))
  expect(due()).toBeNull()
  clock.now = MINUTE - 30_001
  expect(due()).toBeNull()
  clock.now = MINUTE - 29_500
  expect(due()).toEqual({ kind: 'renew', withinMs: 29_500 })
  clock.now = MINUTE - 1
  expect(due()).toBeNull()
  clock.now = MINUTE
  expect(due()).toEqual({ kind: 'signed_out', reason: 'expired' })
})

test('one whose right has no end is asked for nothing, and ends when it is taken back', () => {
  const person = personWith('watch:*')
  const { clock, revoked, due, who } = setUp(person)
  clock.now = 1e15
  expect(due()).toBeNull()
  expect(who.mayWatch('s:AAPL')).toBe(true)
  revoked.add(person)
  expect(due()).toEqual({ kind: 'signed_out', reason: 'revoked' })
  expect(who.mayWatch('s:AAPL')).toBe(false)
  expect(who.extent('c:buses/')).toBe('none')
})

test('a renewal goes on from where the person is: the new end counts, and it is told of again', async () => {
  const later = personWith('watch:s:*', { until: 5 * MINUTE })
  const attendance = setUp(personWith('watch:s:*', { until: MINUTE }), { later })
  const { clock, due, who, happened, person } = attendance
  clock.now = MINUTE - 1
  expect(due()).toMatchObject({ kind: 'renew' })
  expect(await who.acts.renew({ token: 'later' })).toEqual({ until: 5 * MINUTE })
  expect(person()).toBe(later)
  expect(due()).toBeNull()
  clock.now = 5 * MINUTE - 1
  expect(due()).toEqual({ kind: 'renew', withinMs: 1 })
  expect(happened).toEqual(['Ann came', 'renewed'])
})

test('a renewal that gives less has what is too much withdrawn', async () => {
  const less = personWith('watch:s:A*')
  const same = personWith('watch:s:A* watch:s:AAPL say:m:desk')
  const { who, happened } = setUp(personWith('watch:s:A* watch:d:*'), { less, same })
  expect(who.mayWatch('d:BUS')).toBe(true)
  await who.acts.renew({ token: 'less' })
  expect(happened).toEqual(['Ann came', 'withdraw', 'renewed'])
  expect(who.mayWatch('d:BUS')).toBe(false)
  await who.acts.renew({ token: 'same' })
  expect(happened).toEqual(['Ann came', 'withdraw', 'renewed', 'renewed'])
})

test("a token that is none, has ended, was taken back or is somebody else's changes nothing", async () => {
  const me = personWith('watch:s:*', { until: MINUTE })
  const ended = personWith('watch:*', { until: 5 })
  const back = personWith('watch:*')
  const bob = personWith('watch:*', { id: 'bob' })
  const share = personWith('watch:*', { id: null })
  const { clock, revoked, who, person, happened } = setUp(me, { ended, back, bob, share })
  clock.now = 10
  revoked.add(back)
  const codes: unknown[] = []
  for (const input of [{ token: 'x' }, { token: 'ended' }, { token: 'back' }, { token: 'bob' }, { token: 'share' }, {}])
    codes.push(await who.acts.renew(input))
  const signedOut = { error: { code: 'not_signed_in' } }
  const others = { error: { code: 'not_allowed' } }
  expect(codes).toMatchObject([signedOut, signedOut, signedOut, others, others, { error: { code: 'bad_request' } }])
  expect(person()).toBe(me)
  expect(happened).toEqual(['Ann came'])
})

test('a share is renewed by itself only; on an open floor people give themselves names', async () => {
  const share = personWith('watch:s:A', { id: null, credential: 'a' })
  const other = personWith('watch:s:A', { id: null, credential: 'b' })
  const one = setUp(share, { same: { ...share, until: 9 }, other })
  expect(await one.who.acts.renew({ token: 'other' })).toMatchObject({ error: { code: 'not_allowed' } })
  expect(await one.who.acts.renew({ token: 'same' })).toEqual({ until: 9 })
  const guest = personWith('watch:*', { id: null, name: '', via: 'open', credential: null })
  const bob = personWith('watch:*', { id: 'bob', via: 'open' })
  const named = setUp(guest, { ann: personWith('watch:* say:*', { via: 'open' }), bob })
  expect(await named.who.acts.renew({ token: 'ann' })).toEqual({ until: null })
  expect(await named.who.acts.say({})).toEqual({ by: 'Ann', may: true })
  named.leave()
  await named.who.acts.renew({ token: 'bob' })
  expect(named.happened).toEqual([' came', 'withdraw', 'left', 'Ann came', 'renewed', 'left', 'withdraw', 'renewed'])
})

test('whoever has no right any more does nothing', async () => {
  const { clock, who } = setUp(personWith('say:*', { until: 5 }))
  expect(await who.acts.say({})).toEqual({ by: 'Ann', may: true })
  clock.now = 5
  for (const act of ['say', 'mark', 'here', 'command', 'cancel'] as const)
    expect(await who.acts[act]({})).toMatchObject({ error: { code: 'not_signed_in' } })
})
