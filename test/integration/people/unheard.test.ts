import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Tokens } from '../../../server/people/tokens.ts'
import { connectClient, type TestClient } from '../../support/client.ts'
import { eventually } from '../../support/eventually.ts'
import { scrape } from '../../support/metrics.ts'
import { startNode, type TestNode } from '../../support/node.ts'
import { fromOwnPage, somebody, testTokens } from '../../support/people.ts'
import { startRedis, type TestRedis } from '../../support/redis.ts'

/** While a node cannot hear what is taken back it lets nobody in, and says why; who is in stays. */

let redis: TestRedis
let tokens: Tokens
let closed: TestNode
let open: TestNode
beforeAll(async () => {
  redis = await startRedis()
  tokens = await testTokens()
  closed = await startNode({ redisUrl: redis.url, env: { ACCESS: 'invitations' } })
  open = await startNode({ redisUrl: redis.url })
})
afterAll(async () => {
  await Promise.all([closed.stop(), open.stop()])
  await redis.stop()
})

const joining = (url: string, options: Parameters<typeof connectClient>[1]): Promise<TestClient | string> =>
  connectClient(url, { ...options, reconnection: false }).catch((error: Error) => error.message)
const posted = (url: string, body: object): Promise<Response> =>
  fetch(`${url}/api/session`, { method: 'POST', headers: fromOwnPage, body: JSON.stringify(body) })

it('nobody new is let in while Redis is away, and everybody again once it is back', async () => {
  const token = await tokens.sign('bearer', somebody())
  const headers = { authorization: `Bearer ${token}` }
  const inside = await connectClient(closed.url, { auth: { token } })
  await redis.kill()
  await eventually('the node does not hear', async () => {
    const client = await joining(closed.url, { auth: { token } })
    if (typeof client !== 'string') client.close()
    else expect(client).toMatch(/^refused: .* Revocations cannot be heard right now\.$/)
    return typeof client === 'string'
  })
  const asked = await fetch(`${closed.url}/api/stats`, { headers })
  expect([asked.status, (await asked.json()).error]).toEqual([
    503,
    { code: 'unavailable', message: expect.stringContaining('Revocations cannot be heard right now.') },
  ])
  const link = await tokens.sign('invitation', somebody({ via: 'invitation' }))
  expect((await posted(closed.url, { token: link })).status).toBe(503)
  const figures = await scrape(closed.url)
  expect(figures.value('watchfloor_sign_ins_refused_total', { reason: 'unavailable' })).toBeGreaterThan(0)
  // Whoever shows nothing is told no more than ever, and who is in stays.
  expect((await fetch(`${closed.url}/api/stats`)).status).toBe(401)
  expect(inside.socket.connected).toBe(true)
  // Where nobody is asked, nothing is ever taken back.
  const anybody = await connectClient(open.url)
  expect((await posted(open.url, { name: 'Ann' })).status).toBe(200)
  anybody.close()

  await redis.restart()
  await eventually('the node hears again', async () => {
    const client = await joining(closed.url, { auth: { token } })
    if (typeof client !== 'string') client.close()
    return typeof client !== 'string'
  })
  expect((await fetch(`${closed.url}/api/stats`, { headers })).status).toBe(200)
  expect(inside.socket.connected).toBe(true)
  inside.close()
})
