import { expect, test } from 'vitest'
import type { Session } from '../../../server/live/session.ts'
import type { Attendance, Due } from '../../../server/people/attendance.ts'
import { createSessions } from '../../../server/sessions.ts'
import { personWith } from '../../support/persons.ts'

const setUp = () => {
  const counted: string[] = []
  const sessions = createSessions((event) => counted.push(event))
  /** One that leaves as soon as it is dismissed, as a connection does. */
  const enter = (id: string, dues: (Due | null)[] = []) => {
    const told: object[] = []
    const session = {
      tell: (notice: object) => told.push(notice),
      dismiss: (notice: object) => {
        told.push(notice)
        sessions.remove(session)
      },
    } as unknown as Session
    const person = personWith('', { id })
    sessions.add(session, { person: () => person, due: () => dues.shift() ?? null } as Attendance)
    return told
  }
  return { sessions, counted, enter }
}
const ids = ({ sessions }: ReturnType<typeof setUp>) => sessions.people().map(({ id }) => id)

test('a sweep tells each what is due, and ends those whose right is over', () => {
  const floor = setUp()
  const ann = floor.enter('ann', [null, { kind: 'renew', withinMs: 5 }])
  const bob = floor.enter('bob', [null, null, { kind: 'signed_out', reason: 'expired' }])
  floor.sessions.sweep()
  expect([ann, bob, ids(floor)]).toEqual([[{ kind: 'renew', withinMs: 5 }], [], ['ann', 'bob']])
  floor.sessions.sweep()
  expect([ann.length, bob, ids(floor)]).toEqual([1, [{ kind: 'signed_out', reason: 'expired' }], ['ann']])
  expect(floor.counted).toEqual(['ended_expired'])
})

test('one whose right was over when it came is ended at once', () => {
  const floor = setUp()
  expect(floor.enter('eve', [{ kind: 'signed_out', reason: 'revoked' }])).toHaveLength(1)
  expect(floor.sessions.size()).toBe(0)
})

test("all connections of a person are ended, and nobody else's", () => {
  const floor = setUp()
  const told = [floor.enter('ann'), floor.enter('bob'), floor.enter('ann')]
  expect(floor.sessions.endWhere(({ id }) => id === 'ann', 'revoked')).toBe(2)
  const gone = [{ kind: 'signed_out', reason: 'revoked' }]
  expect(told).toEqual([gone, [], gone])
  expect(ids(floor)).toEqual(['bob'])
  expect(floor.counted).toEqual(['ended_revoked', 'ended_revoked'])
})
