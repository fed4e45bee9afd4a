import { afterAll, beforeAll, expect, it } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { createFeed } from '../../support/feed.ts'
import { startNode, type TestNode } from '../../support/node.ts'
import { startRedis, type TestRedis } from '../../support/redis.ts'

const DESK = 'https://desk.example'
const OTHERS = ['https://elsewhere.example', 'null', 'https://desk.example:8443', 'http://desk.example']

let redis: TestRedis
let node: TestNode

beforeAll(async () => {
  redis = await startRedis()
  node = await startNode({ redisUrl: redis.url, env: { ORIGINS: `${DESK}, http://10.0.0.7:8080` } })
  await createFeed(redis.client()).describe('AAPL')
})
afterAll(async () => {
  await node?.stop()
  await redis.stop()
})

const ask = (path: string, origin?: string, options: RequestInit = {}): Promise<Response> =>
  fetch(`${node.url}${path}`, { ...options, headers: { ...(origin && { Origin: origin }), ...options.headers } })
const allowed = (response: Response): string | null => response.headers.get('access-control-allow-origin')

/** Addresses of the API, and how each is answered. */
const ADDRESSES = [
  ['/api/symbols', 200],
  ['/api/devices', 200],
  ['/api/symbols/AAPL/candles', 200],
  ['/api/symbols/AAPL/candles?limit=none', 400],
  ['/api/symbols/%E0%A4%A/candles', 400],
  ['/api/symbols/NOBODY/candles', 404],
  ['/api/nothing', 404],
] as const

it('lets the pages of ORIGINS read the API, errors too, and no others', async () => {
  for (const [path, status] of ADDRESSES)
    for (const origin of [DESK, 'http://10.0.0.7:8080', ...OTHERS, undefined]) {
      const response = await ask(path, origin)
      const said = `${path} for ${origin}`
      expect(response.status, said).toBe(status)
      expect(allowed(response), said).toBe(origin && !OTHERS.includes(origin) ? origin : null)
      expect(response.headers.get('vary'), said).toMatch(/\bOrigin\b/)
      expect(response.headers.get('access-control-allow-credentials'), said).toBeNull()
      expect(response.headers.get('content-type'), said).toMatch(/^application\/json/)
    }
})

it('answers what a browser asks beforehand', async () => {
  const headers = { 'Access-Control-Request-Method': 'GET', 'Access-Control-Request-Headers': 'content-type' }
  const preflight = (origin: string) => ask('/api/symbols/AAPL/candles', origin, { method: 'OPTIONS', headers })
  const response = await preflight(DESK)
  expect([response.status, allowed(response)]).toEqual([204, DESK])
  expect(response.headers.get('access-control-allow-methods')).toBe('GET, HEAD')
  expect(response.headers.get('access-control-allow-headers')).toBe('*, Authorization')
  for (const origin of OTHERS) {
    const refused = await preflight(origin)
    expect([allowed(refused), refused.headers.get('access-control-allow-methods')]).toEqual([null, null])
  }
})

it('shows nothing but the API to other pages', async () => {
  for (const path of ['/metrics', '/readyz', '/']) expect(allowed(await ask(path, DESK)), path).toBeNull()
})

it('tells them also that the data cannot be read', async () => {
  await redis.kill()
  const response = await eventually('it cannot', async () => {
    const answer = await ask('/api/symbols', DESK)
    return answer.status === 503 ? answer : null
  })
  expect(allowed(response)).toBe(DESK)
  expect(await response.json()).toMatchObject({ error: { code: 'unavailable' } })
  await redis.restart()
})
