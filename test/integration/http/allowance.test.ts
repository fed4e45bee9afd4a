import { afterAll, beforeAll, expect, it } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { createFeed } from '../../support/feed.ts'
import { startNode, type TestNode } from '../../support/node.ts'
import { askRaw, requestText } from '../../support/raw-http.ts'
import { startRedis, type TestRedis } from '../../support/redis.ts'

let redis: TestRedis
let node: TestNode

beforeAll(async () => {
  redis = await startRedis()
  const env = { PROXIES: 'loopback', HTTP_SHARE_PER_ADDRESS: '0.001', ORIGINS: 'https://desk.example' }
  node = await startNode({ redisUrl: redis.url, env })
  await createFeed(redis.client()).describe('AAPL')
})
afterAll(async () => {
  await node?.stop()
  await redis.stop()
})

const ask = (address: string, path: string) =>
  askRaw(
    node.url,
    requestText('GET', path, 'localhost', [`X-Forwarded-For: ${address}`, 'Origin: https://desk.example']),
  )

it('refuses an address that asks for too much, says when to come again, and serves all others', async () => {
  const greedy = async (path: string) =>
    (await Promise.all(Array.from({ length: 50 }, () => ask('192.0.2.1', path)))).filter(({ status }) => status === 429)
  const [refused] = await eventually('it is refused', async () => {
    const found = await greedy('/metrics')
    return found[0] && found
  })
  expect(JSON.parse(refused?.body ?? '')).toMatchObject({ error: { code: 'rate_limited' } })
  expect(Number(refused?.headers['retry-after'])).toBeGreaterThanOrEqual(1)
  const limited = await ask('192.0.2.1', '/api/symbols')
  expect([limited.status, limited.headers['access-control-allow-origin']]).toEqual([429, 'https://desk.example'])
  expect((await ask('192.0.2.2', '/api/symbols')).status).toBe(200)
  expect((await ask('2001:db8::1', '/api/symbols')).status).toBe(200)
  // Balancers are answered late rather than never.
  expect((await ask('192.0.2.1', '/healthz')).status).toBe(200)
})
