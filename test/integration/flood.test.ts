import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { eventually } from '../support/eventually.ts'
import { createFeed } from '../support/feed.ts'
import { scrape } from '../support/metrics.ts'
import { startNode, type TestNode } from '../support/node.ts'
import { startRedis, type TestRedis } from '../support/redis.ts'

const SYMBOLS = Array.from({ length: 200 }, (_, i) => `FLOOD${i}`)
const REQUEST = `420${JSON.stringify(['watch', { topics: SYMBOLS.map((symbol) => ({ topic: `s:${symbol}` })) }])}`

/** What requests cost is another matter (test/integration/edge). */
const ANY_WORK = { CLIENT_SHARE: '1000' }

let redis: TestRedis
let patient: TestNode
let strict: TestNode

beforeAll(async () => {
  redis = await startRedis()
  patient = await startNode({ redisUrl: redis.url, env: { HEARTBEAT_MS: '500', MAX_REQUESTS: '1000', ...ANY_WORK } })
  strict = await startNode({ redisUrl: redis.url, env: { MAX_REQUESTS: '5', ...ANY_WORK } })
  await createFeed(redis.client()).describe(...SYMBOLS)
})
afterAll(async () => {
  await Promise.all([patient, strict].map((node) => node.stop()))
  await redis.stop()
})

const open = async ({ url }: TestNode): Promise<WebSocket> => {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`)
  let joined = false
  socket.on('message', (data) => {
    const text = String(data)
    if (text.startsWith('0')) socket.send('40')
    joined ||= text.startsWith('42["hello"')
  })
  socket.on('error', () => {})
  await eventually('a hello', () => joined)
  return socket
}

it('answers a client that takes nothing only so much, and ends it', async () => {
  const socket = await open(patient)
  socket.pause()
  const asking = setInterval(() => {
    for (let i = 0; i < 10; i++) socket.send(REQUEST)
  }, 20)
  onTestFinished(() => clearInterval(asking))
  const ended = async () => (await scrape(patient.url)).value('watchfloor_terminated_clients_total') === 1
  await eventually('its end', ended, { everyMs: 200 })
  const { value } = await scrape(patient.url)
  const refused = value('watchfloor_refused_total', { reason: 'rate_limited' })
  expect(refused).toBeGreaterThan((2 * value('watchfloor_answers_total')) / SYMBOLS.length)
  socket.terminate()
})

it('ends a client that goes on and on though it is told to wait', async () => {
  const socket = await open(strict)
  for (let i = 0; i < 2000; i++) socket.send('421["unwatch",{"topics":[]}]')
  await eventually('its end', () => socket.readyState === WebSocket.CLOSED)
  expect((await scrape(strict.url)).value('watchfloor_terminated_clients_total')).toBe(1)
})
