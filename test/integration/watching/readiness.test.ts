import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freePort } from '../../../start/port.ts'
import type { ReadyReply } from '../../../wire/api.ts'
import { connectClient } from '../../support/client.ts'
import { eventually } from '../../support/eventually.ts'
import { scrape } from '../../support/metrics.ts'
import { startNode, type TestNode } from '../../support/node.ts'
import { startRedis, type TestRedis } from '../../support/redis.ts'

let redis: TestRedis
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.stop())

/** What the node answers whoever wants to know whether it can be used; `gone` where it does not listen. */
const ask = async (url: string): Promise<string> => {
  try {
    const [alive, ready] = await Promise.all([fetch(`${url}/healthz`), fetch(`${url}/readyz`)])
    const said = (await ready.json()) as ReadyReply
    expect(said.ready).toBe(ready.status === 200)
    return `${alive.status} ${ready.status} redis ${said.redis}${said.draining ? ', draining' : ''}`
  } catch (error) {
    if (error instanceof TypeError) return 'gone'
    throw error
  }
}

/** What it answers, each answer once, for as long as `work` takes. */
const told = async (url: string, work: () => Promise<unknown>): Promise<string[]> => {
  const answers: string[] = []
  let done = false
  const asking = (async () => {
    while (!done) {
      const answer = await ask(url)
      if (answer !== answers.at(-1)) answers.push(answer)
      await sleep(20)
    }
  })()
  await work().finally(() => {
    done = true
    return asking
  })
  return answers
}

it('a node tells the truth about itself: while Redis is away, and while it stops', async () => {
  const node = await startNode({ redisUrl: redis.url, env: { DRAIN_MS: '600' } })
  const client = await connectClient(node.url, { reconnection: false })
  try {
    const answers = await told(node.url, async () => {
      await sleep(100)
      await redis.kill()
      await eventually('it noticed', async () => (await scrape(node.url)).value('watchfloor_redis_up') === 0)
      await sleep(300)
      await redis.restart()
      await eventually('it is back', async () => (await scrape(node.url)).value('watchfloor_redis_up') === 1)
      await sleep(100)
      const stopped = node.stop()
      await eventually('it says so', async () => (await scrape(node.url)).value('watchfloor_draining') === 1)
      await stopped
      await sleep(50)
    })
    // The servers of a Cluster go and come one after the other.
    const whole = answers.filter((answer) => !answer.includes('part'))
    expect(whole.filter((answer, i) => answer !== whole[i - 1])).toEqual([
      '200 200 redis up',
      '200 503 redis down',
      '200 200 redis up',
      '200 503 redis up, draining',
      'gone',
    ])
    expect(client.notices.map(({ kind }) => kind)).toEqual(['redis_down', 'redis_up', 'shutdown'])
  } finally {
    client.close()
    await node.kill()
  }
})

it('a node that starts listens to nothing until it can serve data', async () => {
  const port = await freePort()
  let node: TestNode | null = null
  try {
    const answers = await told(`http://127.0.0.1:${port}`, async () => {
      node = await startNode({ redisUrl: redis.url, port })
      await sleep(200)
    })
    expect(answers).toEqual(['gone', '200 200 redis up'])
  } finally {
    await (node as TestNode | null)?.kill()
  }
})

it('a node tells of its own clients also while Redis is away', async () => {
  const node = await startNode({ redisUrl: redis.url })
  const client = await connectClient(node.url)
  const stats = async () => (await fetch(`${node.url}/api/stats`, { signal: AbortSignal.timeout(60_000) })).json()
  try {
    expect(await stats()).toMatchObject({ clients: 1 })
    await redis.kill()
    expect(await stats()).toMatchObject({ clients: 1 })
    await eventually('it noticed', async () => (await scrape(node.url)).value('watchfloor_redis_up') === 0)
    expect(await stats()).toMatchObject({ clients: 1 })
  } finally {
    await redis.restart()
    client.close()
    await node.kill()
  }
})
