import { Agent, get } from 'node:http'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { startNode } from '../support/node.ts'
import { startRedis, type TestRedis } from '../support/redis.ts'

let redis: TestRedis
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.stop())

/** Asks over and over on kept-alive connections, as a balancer does, so that there is always a request under way. */
const keepAsking = (url: string): { answers: () => number; stop: () => void } => {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 })
  let answers = 0
  let stopped = false
  const ask = (): void => {
    if (stopped) return
    const request = get(url, { agent }, (response) => {
      response.resume().on('end', () => {
        answers++
        ask()
      })
    })
    request.on('error', () => {}) // the node has gone
  }
  for (let i = 0; i < 8; i++) ask()
  const stop = (): void => {
    stopped = true
    agent.destroy()
  }
  return { answers: () => answers, stop }
}

it('a node stops in order, also while a balancer keeps asking on connections that it never closes', async () => {
  const node = await startNode({ redisUrl: redis.url })
  const asking = keepAsking(`${node.url}/readyz`)
  try {
    await eventually('it answers', () => asking.answers() > 20)
    const begin = performance.now()
    expect(await node.stop()).toEqual({ code: 0, signal: null })
    expect(performance.now() - begin).toBeLessThan(5000)
  } finally {
    asking.stop()
    await node.kill()
  }
})
