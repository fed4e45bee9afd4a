import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Person } from '../../../server/people/person.ts'
import type { AccessSnapshot } from '../../../wire/access.ts'
import { ALL_GRANTS } from '../../../wire/grants.ts'
import { ACCESS, topicPart } from '../../../wire/topics.ts'
import { eventually } from '../../support/eventually.ts'
import { startProxy } from '../../support/proxy.ts'
import { MODE, startRedis, type TestRedis } from '../../support/redis.ts'
import type { RedisClient } from '../../support/redis-client.ts'
import { emptyEverywhere, flushEverything, killSubscribers, untilServing } from '../../support/redis-everywhere.ts'
import { type Follower, startFollower } from './follower.ts'

let redis: TestRedis
let client: RedisClient
let nodes: Follower[] = []

beforeAll(async () => {
  redis = await startRedis()
  client = redis.client()
})
beforeEach(async () => {
  await emptyEverywhere(client)
  nodes = await Promise.all([startFollower(redis.url), startFollower(redis.url)])
})
afterEach(() => Promise.all(nodes.map((node) => node.stop())))
afterAll(() => redis?.stop())

const until = Date.now() + 86_400_000
const person = (id: string, credential: string): Person => ({
  id,
  name: id,
  grants: ALL_GRANTS,
  via: 'invitation',
  credential,
  by: null,
  since: Date.now(),
  until,
})
const two = (): [Follower, Follower] => nodes as [Follower, Follower]
const inRedis = async (): Promise<AccessSnapshot['revoked']> =>
  (await client.hvals(topicPart(ACCESS, 'revoked'))).map((text) => JSON.parse(text))

test('what is taken back on one node ends the sessions on another, and no others', async () => {
  const [one, other] = two()
  const [ann, bob] = [person('ann', 'i1'), person('bob', 'i2')]
  const share: Person = { ...person('ann', 's1'), id: null, via: 'share', by: 'ann' }
  for (const each of [ann, bob, share]) other.here.add(each)
  await one.store.revoke([{ what: 'p:ann', until }])
  await eventually('ann and what she shared are out', () => other.here.size === 1)
  expect([...other.here]).toEqual([bob])
  await one.store.revoke([{ what: 'c:i2', until }])
  await eventually('bob is out', () => other.here.size === 0)
  for (const { revocations } of nodes)
    await eventually('each node knows it', () => [ann, bob, share].every(revocations.isRevoked))
})

test('a node that starts later knows all that was taken back', async () => {
  await two()[0].store.revoke([{ what: 'c:i1', until }])
  const late = await startFollower(redis.url)
  nodes.push(late)
  expect(late.revocations.hears()).toBe(true)
  expect(late.revocations.isRevoked(person('ann', 'i1'))).toBe(true)
})

test('a Redis that lost everything is told again, and nobody comes back meanwhile', async () => {
  const [one, other] = two()
  await one.store.revoke(['p:ann', 'c:i2'].map((what) => ({ what, until })))
  await eventually('both know it', () => nodes.every(({ revocations }) => revocations.count() === 2))
  const before = await inRedis()
  await flushEverything(client)
  await eventually('it is there again', async () => (await inRedis()).length === 2)
  expect(new Set(await inRedis())).toEqual(new Set(before))
  for (const { revocations } of nodes) expect(revocations.isRevoked(person('bob', 'i2'))).toBe(true)
  await one.store.revoke([{ what: 'c:i3', until }])
  await eventually('what comes next is heard', () => other.revocations.isRevoked(person('eve', 'i3')))
})

test('what is taken back while subscriptions are gone is heard all the same', async () => {
  const [one, other] = two()
  for (let i = 0; i < 3; i++) {
    await killSubscribers(client)
    await one.store.revoke([{ what: `c:k${i}`, until }])
    await eventually('it is heard', () => other.revocations.isRevoked(person('ann', `k${i}`)))
  }
})

test('while Redis does not answer no node hears anything, and who was out stays out', async () => {
  const [one] = two()
  await one.store.revoke([{ what: 'p:ann', until }])
  await eventually('all know it', () => nodes.every(({ revocations }) => revocations.count() === 1))
  await redis.pause()
  await eventually('nobody hears', () => nodes.every(({ revocations }) => !revocations.hears()))
  for (const { revocations } of nodes) expect(revocations.isRevoked(person('ann', 'i1'))).toBe(true)
  await redis.resume()
  await eventually('all hear again', () => nodes.every(({ revocations }) => revocations.hears()))
  await untilServing(client)
})

test.skipIf(MODE !== 'single')('a node that is cut off hears nothing, and catches up once it is back', async () => {
  const proxy = await startProxy(redis.url)
  const away = await startFollower(proxy.url)
  nodes.push(away)
  try {
    const ann = person('ann', 'i1')
    away.here.add(ann)
    proxy.cut()
    await eventually('it knows that it hears nothing', () => !away.revocations.hears())
    await two()[0].store.revoke([{ what: 'p:ann', until }])
    await eventually('the others know', () => two()[1].revocations.isRevoked(ann))
    expect(away.here.has(ann)).toBe(true)
    proxy.heal()
    await eventually('she is out', () => !away.here.has(ann))
    await eventually('it hears again', () => away.revocations.hears())
  } finally {
    await proxy.close()
  }
})
