import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRevoked } from '../../../../server/people/revoked.ts'
import type { Revocation } from '../../../../wire/access.ts'
import { person } from './persons.ts'

const revocations: fc.Arbitrary<Revocation> = fc.record({
  what: fc.constantFrom('c:inv-1', 'c:share-1', 'p:ann', 'p:bob'),
  t: fc.integer({ min: 900, max: 1100 }),
  until: fc.integer({ min: 1, max: 300 }),
})

/** Redis has one of each at the most. */
const states = fc.uniqueArray(revocations, { selector: ({ what }) => what })

/** When a credential was taken back is no matter. */
const timeOf = ({ what, t }: Pick<Revocation, 'what' | 't'>): number => (what.startsWith('p:') ? t : 0)

/** What they all say together at a time: of each, the latest times. */
const union = (all: readonly Revocation[], now: number): Map<string, Revocation> => {
  const latest = new Map<string, Revocation>()
  for (const { what, t, until } of all.filter((each) => each.until > now)) {
    const before = latest.get(what)
    latest.set(what, {
      what,
      t: timeOf({ what, t: Math.max(t, before?.t ?? 0) }),
      until: Math.max(until, before?.until ?? 0),
    })
  }
  return latest
}

test('is the union of all that was told, in whatever order, and however often', () => {
  fc.assert(
    fc.property(fc.array(revocations), fc.nat(200), (all, now) => {
      const [one, other] = [createRevoked(() => now), createRevoked(() => now)]
      one.add(all)
      for (const each of [...all, ...all].reverse()) other.add([each])
      for (const revoked of [one, other]) {
        const known = new Map(revoked.lackedBy([]).map((each) => [each.what, { ...each, t: timeOf(each) }]))
        expect(known).toEqual(union(all, now))
      }
    }),
  )
})

test('what Redis has of it need not be told again, and what it lost is', () => {
  fc.assert(
    fc.property(fc.array(revocations), states, (all, state) => {
      const revoked = createRevoked(() => 0)
      revoked.add(all)
      const lost = revoked.lackedBy(state)
      const healed = union([...state, ...lost], 0)
      for (const [what, { t, until }] of union(all, 0)) {
        expect(healed.get(what)?.t).toBeGreaterThanOrEqual(t) // of a credential both are 0
        expect(healed.get(what)?.until).toBeGreaterThanOrEqual(until)
      }
      for (const { what, t, until } of lost) {
        const had = state.filter((each) => each.what === what)
        expect(had.some((each) => timeOf(each) >= timeOf({ what, t }) && each.until >= until)).toBe(false)
      }
    }),
  )
})

test('a credential is out whoever has it, and whenever it was issued', () => {
  const revoked = createRevoked(() => 0)
  expect(revoked.has(person())).toBe(false)
  revoked.add([{ what: 'c:inv-1', t: 500, until: 9000 }])
  expect(revoked.has(person({ since: 8000 }))).toBe(true)
  expect(revoked.has(person({ credential: 'inv-2' }))).toBe(false)
  expect(revoked.has(person({ credential: null }))).toBe(false)
})

test('a person is out with all that was issued to them until then, and so are their shares', () => {
  const revoked = createRevoked(() => 0)
  revoked.add([{ what: 'p:ann', t: 1000, until: 9000 }])
  const share = person({ id: null, via: 'share', credential: 'share-1', by: 'ann' })
  for (const each of [person(), share]) {
    expect(revoked.has({ ...each, since: 1000 })).toBe(true)
    expect(revoked.has({ ...each, since: 1001 })).toBe(false)
  }
  expect(revoked.has(person({ id: 'bob' }))).toBe(false)
  expect(revoked.has(person({ id: null }))).toBe(false)
})

test('what has ended is forgotten, and not before', () => {
  let now = 0
  const revoked = createRevoked(() => now)
  revoked.add([{ what: 'p:ann', t: 1000, until: 50 }])
  now = 49
  revoked.forgetEnded()
  expect([revoked.count(), revoked.has(person())]).toEqual([1, true])
  now = 50
  revoked.forgetEnded()
  expect([revoked.count(), revoked.has(person())]).toEqual([0, false])
})

test('what the library does not write is not taken, for it could not be told again', () => {
  const revoked = createRevoked(() => 0)
  const odd = ['x:ann', 'p:', 'p:a"b', `c:${'x'.repeat(300)}`].map((what) => ({ what, t: 1, until: 2 }))
  expect(revoked.add([...odd, { what: 'p:ann', t: 1.5, until: 2 }, { what: 'p:ann', t: 1, until: 1e300 }])).toEqual([])
})

test('says so once there is more than a node keeps', () => {
  const revoked = createRevoked(() => 0)
  revoked.add(Array.from({ length: 50_000 }, (_, i) => ({ what: `c:${i}`, t: 1, until: 2 })))
  expect(revoked.isComplete()).toBe(true)
  revoked.add([{ what: 'c:1', t: 2, until: 2 }])
  expect(revoked.isComplete()).toBe(true)
  revoked.add([{ what: 'c:more', t: 1, until: 2 }])
  expect([revoked.isComplete(), revoked.count()]).toEqual([false, 50_000])
})

test('a sign-in that ended takes none of the others by the same invitation along', () => {
  const revoked = createRevoked(() => 0)
  revoked.add([{ what: 'c:sign-in-1', t: 1000, until: 2000 }])
  const by = { credential: 'inv-1', since: 900 }
  expect(revoked.has(person({ ...by, session: 'sign-in-1' }))).toBe(true)
  expect(revoked.has(person({ ...by, session: 'sign-in-2' }))).toBe(false)
  expect(revoked.has(person(by))).toBe(false)
})
