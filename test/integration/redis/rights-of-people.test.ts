import { afterAll, beforeAll, expect, it } from 'vitest'
import { callFunction } from '../../../redis/call.ts'
import { hereCall, sayCall, tellCall } from '../../../server/rooms/calls.ts'
import type { Call } from '../../../wire/calls.ts'
import { connectClient, type TestClient } from '../../support/client.ts'
import { eventually } from '../../support/eventually.ts'
import { startNode, type TestNode } from '../../support/node.ts'
import { startRedis, type TestRedis } from '../../support/redis.ts'
import { connectRedis, type RedisClient } from '../../support/redis-client.ts'
import { makeUsers, takeRefusals } from '../../support/redis-users.ts'
import { signIn } from '../../support/talkers/sign-in.ts'

/* What people do to each other, by a node that may do no more in Redis than docs/operations.md says. */

let redis: TestRedis
let node: TestNode
let asNode: RedisClient
beforeAll(async () => {
  redis = await startRedis()
  const urlOf = await makeUsers(redis)
  node = await startNode({ redisUrl: urlOf('node') })
  asNode = connectRedis(urlOf('node'))
})
afterAll(async () => {
  asNode?.disconnect()
  await node?.kill()
  await redis?.stop()
})

it('what people do is allowed to such a node', async () => {
  const people = ['ann', 'bob'].map(async (name) => {
    const cookie = await signIn(node.url, name)
    return connectClient(node.url, { extraHeaders: { Cookie: cookie } })
  })
  const [ann, bob] = (await Promise.all(people)) as [TestClient, TestClient]
  try {
    const topics = ['m:desk', 'p:floor', 'v:bob']
    await ann.watchTopics(...topics)
    const say = (id: string, text: string) => ann.socket.emitWithAck('say', { room: 'm:desk', id, text })
    let said = 0
    const mentions = async (): Promise<boolean> => {
      const reply = await say(`${++said}`, '@bob')
      return 'message' in reply && reply.message.to !== undefined
    }
    await eventually('he can be mentioned', mentions, { everyMs: 500 })
    await ann.socket.emitWithAck('say', { room: 'm:desk', n: 1, text: '' })
    await bob.socket.emitWithAck('mark', { read: { 'm:desk': 1 }, done: [1] })
    await bob.socket.emitWithAck('here', { on: 's:AAPL', typing: 'm:desk', place: '#x' })
    for (const topic of topics) await eventually(`updates of ${topic}`, () => ann.segments(topic).length > 0)
    expect((await fetch(`${node.url}/api/rooms`)).status).toBe(200)
    // A log of another life begins anew.
    await redis.client().del('wf:{m:desk}')
    expect(await say('anew', 'anew')).toHaveProperty('message')
  } finally {
    for (const client of [ann, bob]) client.close()
  }
  expect(await takeRefusals(redis)).toEqual([])
})

it('a node drops what is more than is kept of what people do', async () => {
  const by = { id: 'ann', name: 'Ann' }
  const run = (call: Call): Promise<unknown> => callFunction(asNode, call)
  for (const [key, count] of [
    ['wf:{m:full}', 10_000],
    ['wf:{i:full}', 500],
  ] as const)
    await redis.client().hset(key, 'count', count)
  await run(sayCall('m:full', by, { id: '1', text: 'x', mentions: [], announced: false }))
  await run(tellCall('full', { kind: 'mention', room: 'm:full', message: 1, from: by, text: 'x' }))
  await run(hereCall('gone', 1, true, [{ ...by, since: Date.now(), on: null }]))
  const dropped = async () => ((await run(hereCall('other', 1000, true, []))) as [number, number])[1] > 0
  await eventually('they are dropped', dropped)
  expect(await takeRefusals(redis)).toEqual([])
})
