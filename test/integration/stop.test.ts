import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startNode } from '../support/node.ts'
import { startRedis, type TestRedis } from '../support/redis.ts'

let redis: TestRedis
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.stop())

it('a node stops in order, also while somebody takes for ever to send a request', async () => {
  const node = await startNode({ redisUrl: redis.url })
  const slow = connect(node.port, '127.0.0.1')
  slow.on('error', () => {}) // the node cuts it off
  try {
    slow.write('GET /readyz HTTP/1.1\r\nHost: floor\r\n\r\nGET /readyz HTTP/1.1\r\n')
    await once(slow, 'data')
    expect(await node.stop()).toEqual({ code: 0, signal: null })
  } finally {
    slow.destroy()
    await node.kill()
  }
})
