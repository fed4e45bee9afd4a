import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { newId } from '../../../server/people/ids.ts'
import type { Person } from '../../../server/people/person.ts'
import { createPeopleStore, MOST_AT_A_TIME, type PeopleStore } from '../../../server/people/store.ts'
import type { AccessUpdate } from '../../../wire/access.ts'
import { ALL_GRANTS } from '../../../wire/grants.ts'
import type { Shown } from '../../../wire/people.ts'
import { ACCESS, topicKey, topicKeys, topicPart } from '../../../wire/topics.ts'
import { flushEverything, reloadEverywhere } from '../../support/redis-everywhere.ts'
import { type Floor, startFloor } from '../redis/floor.ts'

let floor: Floor
let store: PeopleStore
const odd: string[] = []
const unreadable = (key: string): void => void odd.push(key)
/** Another node: it keeps lists of its own. */
const another = (): PeopleStore => createPeopleStore(floor.redis, { now: Date.now, id: newId, unreadable })

beforeAll(async () => {
  floor = await startFloor()
})
afterAll(() => floor.stop())
beforeEach(async () => {
  await flushEverything(floor.redis)
  await reloadEverywhere(floor.redis) // what it remembers goes, too
  store = another()
  odd.length = 0
})

const DAY = 86_400_000
const inDays = (days: number): number => Date.now() + days * DAY
const ann: Person = {
  id: 'ann',
  name: 'Ann',
  grants: ALL_GRANTS,
  via: 'invitation',
  credential: 'inv',
  by: null,
  since: Date.now(),
  until: null,
}
const show: Shown = { kind: 'layout', symbols: [], device: 'BUS-1', view: null }
const invited = (name: string, until = inDays(30)) => store.invite({ name, grants: 'watch:s:*', until, by: 'boss' })
const shared = (other: object = {}) =>
  store.makeShare({ show, name: 'Parcel', until: inDays(1), ends: null, maker: ann, device: null, ...other })
/** The id of a share that there was room for. */
const sharedId = async (other: object = {}): Promise<string> => {
  const made = await shared(other)
  if (typeof made === 'string') throw new Error(made)
  return made.id
}
const revokedIn = async (): Promise<string[]> => {
  const { snapshot } = await floor.snapshot<Required<AccessUpdate>>(ACCESS)
  return snapshot.revoked.map(({ what }) => what).sort()
}

test('each who is invited has a handle of their own, whatever they are called', async () => {
  const names = ['Ann Müller', 'Ann Müller', 'ann-muller', '李', '"}\n', '_x_']
  const people = await Promise.all(names.map((name) => invited(name)))
  const handles = people.map(({ person }) => person)
  expect(new Set(handles).size).toBe(names.length)
  expect(handles.map((handle) => handle.replace(/^person-[\da-f]{8}$/, 'person-#')).sort()).toEqual(
    ['ann-muller', 'ann-muller-2', 'ann-muller-3', 'person-#', 'person-#', 'x'].sort(),
  )
  expect((await another().people()).map(({ name }) => name).sort()).toEqual([...names].sort())
  expect(odd).toEqual([])
})

test('an invitation is kept as it was made, with when it was used, and renewed', async () => {
  const made = await invited('Ann')
  expect(made).toMatchObject({
    person: 'ann',
    name: 'Ann',
    grants: 'watch:s:*',
    by: 'boss',
    used: null,
    revoked: false,
  })
  await store.used(made.id)
  const used = await another().invitation(made.id)
  expect(used).toEqual({ ...made, used: expect.any(Number) })
  const until = inDays(60)
  expect(await store.renewInvitation(made.id, until, 'boss')).toEqual({ ...used, until })
  expect(await another().invitations()).toEqual([{ ...used, until }])
  expect(await store.renewInvitation(made.id, inDays(1), 'boss')).toMatchObject({ until }) // what it let in goes on
  expect(await store.renewInvitation('none', until, 'boss')).toBeNull()
  await store.revoke([{ what: `c:${made.id}`, until }])
  expect(await store.renewInvitation(made.id, until, 'boss')).toBeNull()
  expect((await store.invitations())[0]).toMatchObject({ revoked: true })
})

test('the same key has the same handle for ever, and its name follows', async () => {
  const key = 'openid:https://id.example "1"'
  const handles = await Promise.all([store.handleOf(key, 'Bob'), another().handleOf(key, 'Bob')])
  expect(handles).toEqual(['bob', 'bob'])
  expect(await store.handleOf('openid:https://id.example 2', 'Bob')).toBe('bob-2')
  expect(await store.handleOf(key, 'Robert "Bob"')).toBe('bob')
  expect((await another().people()).find(({ id }) => id === 'bob')?.name).toBe('Robert "Bob"')
})

test('a share is kept as it was made, with how often it was opened, and ends', async () => {
  const made = await shared({ ends: { west: 1, east: 2, south: 3, north: 4 }, device: 'BUS-1' })
  if (typeof made === 'string') throw new Error(made)
  for (let i = 0; i < 3; i++) await store.opened(made.id)
  expect(await another().share(made.id)).toEqual({ ...made, opened: 3 })
  expect(made).toMatchObject({ by: 'ann', show, name: 'Parcel' })
  expect(await store.arrivals()).toMatchObject([{ id: made.id, device: 'BUS-1' }])
  await store.revoke([{ what: `c:${made.id}`, until: made.until }])
  expect((await store.shares())[0]).toMatchObject({ id: made.id, opened: 3, revoked: true })
  expect(await store.arrivals()).toEqual([])
  await store.opened('none')
  expect(await store.share('none')).toBeNull()
})

test('nothing is shared on rights that were taken back, be it the person or what let them in', async () => {
  await store.revoke([{ what: 'p:bob', until: inDays(1) }])
  await store.revoke([{ what: 'c:inv', until: inDays(1) }])
  expect(await shared()).toBe('revoked')
  const bob = { ...ann, id: 'bob', credential: 'other' }
  expect(await shared({ maker: bob })).toBe('revoked')
  expect(await shared({ maker: { ...bob, since: Date.now() + 60_000 } })).toMatchObject({ by: 'bob' })
})

test('a person shares up to a limit, and what ended an hour ago makes room', async () => {
  await Promise.all(Array.from({ length: 200 }, () => sharedId()))
  expect(await shared()).toBe('full')
  expect(await shared({ maker: { ...ann, id: 'bob' } })).toMatchObject({ by: 'bob' })
  const hash = topicPart(ACCESS, 'shares')
  const rows = Object.entries(await floor.redis.hgetall(hash)).filter(([, text]) => text.includes('"by":"ann"'))
  const ended = rows
    .slice(1)
    .map(([id, text]) => [id, text.replace(/^{"until":\d+/, `{"until":${Date.now() - 7_200_000}`)])
  await floor.redis.hset(hash, ...ended.flat())
  expect(await shared()).toBe('full') // it looks once a minute, as long as it remembers
  await reloadEverywhere(floor.redis)
  await sharedId()
  expect(await another().shares()).toHaveLength(3)
})

test('a revocation is told once, with the latest times, and its end is the end of it', async () => {
  const listener = await floor.listen(ACCESS)
  const until = inDays(1)
  await store.revoke([{ what: 'c:a', until }], { by: 'boss', about: 'invitation of a' })
  const known = (await floor.snapshot<Required<AccessUpdate>>(ACCESS)).snapshot.revoked
  await store.tellAgain(known)
  await store.tellAgain([{ what: 'c:a', t: Date.now() - DAY, until: until - 1 }])
  expect(await listener.updates()).toMatchObject([{ seq: 1, revoked: known }])
  const soon = Date.now() + 2000
  await store.revoke([{ what: 'c:soon', until: soon }])
  await store.tellAgain([{ what: 'c:over', t: Date.now() - DAY, until: Date.now() - 1 }])
  expect(await revokedIn()).toEqual(['c:a', 'c:soon'])
  await sleep(soon - Date.now() + 100)
  await store.revoke([{ what: 'p:b', until }])
  expect(await revokedIn()).toEqual(['c:a', 'p:b'])
  await listener.stop()
})

test('a reader with a cursor gets what was taken back since', async () => {
  await store.revoke([{ what: 'c:a', until: inDays(1) }])
  const { cursor } = await floor.snapshot(ACCESS)
  await store.revoke(Array.from({ length: MOST_AT_A_TIME + 1 }, (_, i) => ({ what: `c:${i}`, until: inDays(1) })))
  const replay = await floor.read(ACCESS, cursor)
  expect(replay).toMatchObject({ kind: 'replay', updates: [{ seq: 2 }, { seq: 3, revoked: [{ what: 'c:100' }] }] })
})

test('credentials are taken back up to a limit, and persons always', async () => {
  const until = String(inDays(1))
  const hash = topicPart(ACCESS, 'revoked')
  for (let i = 0; i < 10; i++) {
    const some = Array.from({ length: 1000 }, (_, n) => `c:${i * 1000 + n}`)
    const texts = some.flatMap((what) => [what, `{"what":"${what}","t":${Date.now()},"until":${until}}`])
    await floor.redis.hset(hash, ...texts)
  }
  await expect(store.revoke([{ what: 'c:more', until: Number(until) }])).rejects.toThrow('so much is taken back')
  await store.revoke([{ what: 'c:7', until: Number(until) + 1 }])
  await store.revoke([{ what: 'p:ann', until: Number(until) }])
  expect(await floor.redis.hlen(hash)).toBe(10_001)
})

test('the record has what was done, numbered, the newest first; of refused sign-ins one a minute', async () => {
  const made = await invited('Ann')
  await store.renewInvitation(made.id, inDays(60), 'boss')
  const id = await sharedId()
  const taken = { what: `c:${id}`, until: inDays(1) }
  for (let i = 0; i < 3; i++) await store.revoke([taken], { by: 'ann', about: `share ${id}` })
  for (let i = 0; i < 3; i++) await store.record({ who: 'anybody', what: 'refused', about: '192.0.2.1' })
  await store.revoke([{ what: 'p:ann', until: inDays(1) }], { by: 'boss', about: 'ann' })
  const entries = await store.records(null, 10)
  expect(entries.map(({ n, who, what, about }) => [n, who, what, about])).toEqual([
    [6, 'boss', 'revoked', 'ann'],
    [5, 'anybody', 'refused', '192.0.2.1'],
    [4, 'ann', 'revoked', `share ${id}`],
    [3, 'ann', 'shared', `layout ${id}`],
    [2, 'boss', 'renewed', 'ann'],
    [1, 'boss', 'invited', 'ann'],
  ])
  expect(await store.records(5, 2)).toEqual(entries.slice(2, 4))
  expect(await store.records(1, 2)).toEqual([])
})

test('what is no call of ours is refused, and nothing is written', async () => {
  const keys = topicKeys(ACCESS)
  const until = String(inDays(1))
  const run = (name: string, ...args: string[]) => floor.run({ name, keys, args })
  const t = String(Date.now())
  const wrong: [string, ...string[]][] = [
    ['wf1_revoke', '', ''],
    ['wf1_revoke', '', '', 'c:a', t],
    ['wf1_revoke', '', '', 'x:a', t, until],
    ['wf1_revoke', '', '', 'c:"', t, until],
    ['wf1_revoke', '', '', 'c:a', 'now', until],
    ['wf1_revoke', '', '', 'c:a', t, String(inDays(500))],
    ['wf1_revoke', 'boss', '', 'c:a', t, until],
    ['wf1_revoke', '', '', ...Array.from({ length: MOST_AT_A_TIME + 1 }, (_, i) => [`c:${i}`, t, until]).flat()],
    ['wf1_invite', 'i d', until, 'ann', '"Ann"', 'boss', '{"id":"i"}'],
    ['wf1_invite', 'i', t.slice(0, -3), 'ann', '"Ann"', 'boss', '{"id":"i"}'],
    ['wf1_invite', 'i', until, 'Ann', '"Ann"', 'boss', '{"id":"i"}'],
    ['wf1_invite', 'i', until, 'ann', '"Ann"', 'boss', '{}'],
    ['wf1_handle', 'no key', 'ann', '"Ann"'],
    ['wf1_record', 'ann', 'Signed in', ''],
    ['wf1_share', 's', until, 'Ann', '', '0', 'ann', 'x', '{"id":"s"}', ''],
  ]
  for (const [name, ...args] of wrong) await expect(run(name, ...args), `${name} ${args}`).rejects.toThrow(/^WFARG/)
  for (const some of [keys.slice(0, 3), [...keys, 'wf:{a:access}:more'], ['wf:{a:other}', ...keys.slice(1)]])
    await expect(floor.run({ name: 'wf1_revoke', keys: some, args: ['', '', 'c:a', t, until] })).rejects.toThrow(
      /^WFKEY|CROSSSLOT/,
    )
  expect(await floor.redis.exists(topicKey(ACCESS))).toBe(0)
  for (const part of ['revoked', 'people', 'invitations', 'shares', 'record'] as const)
    expect(await floor.redis.exists(topicPart(ACCESS, part)), part).toBe(0)
})

test('what somebody else wrote there is left out, and told', async () => {
  const made = await invited('Ann')
  await floor.redis.hset(topicPart(ACCESS, 'invitations'), 'odd', '{"until":"never"}')
  expect((await another().invitations()).map(({ id }) => id)).toEqual([made.id])
  expect(odd).toEqual([topicPart(ACCESS, 'invitations')])
})
