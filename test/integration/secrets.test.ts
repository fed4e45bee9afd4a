import { afterAll, beforeAll, expect, it } from 'vitest'
import { startNode } from '../support/node.ts'
import { type SingleRedis, startSingleRedis } from '../support/redis.ts'

let redis: SingleRedis
beforeAll(async () => {
  redis = await startSingleRedis()
})
afterAll(() => redis.stop())

const SECRET = 'a-Secret-nobody-may-see'

/** What a node says that is given this address, and ends. */
const saidAt = (redisUrl: string): Promise<string> =>
  startNode({ redisUrl, env: { LOG_LEVEL: 'debug' } }).then(
    async (started) => {
      await started.kill()
      return `it started: ${started.output()}`
    },
    (error: Error) => error.message,
  )

it('a node shows no password of an address that is wrong, where nobody answers, or that Redis does not take', async () => {
  const { host, port } = await redis.server()
  const addresses = [
    `redis://user:${SECRET}@127.0.0.1:1`,
    `redis+sentinel://user:${SECRET}@127.0.0.1:1/main?sentinelPassword=${SECRET}`,
    `redis+cluster://user:${SECRET}@127.0.0.1:1`,
    `http://user:${SECRET}@127.0.0.1:1`,
    `redis://user:${SECRET}@not a host/`,
    `redis://nobody:${SECRET}@${host}:${port}`,
  ]
  const said = await Promise.all(addresses.map(saidAt))
  for (const [i, each] of said.entries()) {
    expect(each, addresses[i]).toMatch(/watchfloor: .*REDIS_URL/)
    expect(each, addresses[i]).not.toContain(SECRET)
  }
})
