import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { connectClient } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { scrape } from '../support/metrics.ts'
import { startNode, type TestNode } from '../support/node.ts'
import { type ClusterRedis, startClusterRedis } from '../support/redis-cluster.ts'

let redis: ClusterRedis
let node: TestNode
beforeAll(async () => {
  redis = await startClusterRedis()
  node = await startNode({ redisUrl: redis.url, env: { LOG_LEVEL: 'info' } })
})
afterAll(async () => {
  await node?.kill()
  await redis.stop()
})

const lines = (): string[] => node.output().split('\n').filter(Boolean)

it('a shard of a Cluster that dies for good, with its replica, does not fill the log, whoever asks for it', async () => {
  const client = await connectClient(node.url)
  const symbols = Array.from({ length: 30 }, (_, i) => `s:DEAD${i}`)
  const before = lines().length
  const first = redis.members.filter(({ name }) => name.endsWith('-1'))
  expect(first).toHaveLength(2)
  await Promise.all(first.map((member) => member.kill()))
  await eventually('it noticed', async () => (await scrape(node.url)).value('watchfloor_redis_up') === 0)
  const asked = async (ms: number): Promise<void> => {
    const until = performance.now() + ms
    while (performance.now() < until) {
      await client.watchTopics(...symbols).catch(() => {})
      await fetch(`${node.url}/api/symbols`)
      await sleep(200)
    }
  }
  await asked(6000)
  const early = lines().length - before
  await asked(6000)
  const late = lines().length - before - early
  expect(early, lines().join('\n')).toBeGreaterThan(0)
  expect(early, lines().join('\n')).toBeLessThan(25)
  expect(late, lines().slice(-late).join('\n')).toBeLessThan(10)
  expect((await scrape(node.url)).value('watchfloor_refused_total', { reason: 'unavailable' })).toBeGreaterThan(0)
  expect((await fetch(`${node.url}/healthz`)).status).toBe(200)
  const ready = await fetch(`${node.url}/readyz`)
  expect(ready.status).toBe(200)
  expect(await ready.json()).toMatchObject({ ready: true, redis: 'part' })
  client.close()
})
