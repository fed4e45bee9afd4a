import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { createFeed } from '../../support/feed.ts'
import { scrape } from '../../support/metrics.ts'
import { startNode, type TestNode } from '../../support/node.ts'
import { openRaw, readReplies } from '../../support/raw-http.ts'
import { startRedis, type TestRedis } from '../../support/redis.ts'

let redis: TestRedis
let node: TestNode
const undo: (() => unknown)[] = []

beforeAll(async () => {
  redis = await startRedis()
  node = await startNode({ redisUrl: redis.url, env: { HTTP_SHARE_PER_ADDRESS: '1' } })
  const feed = createFeed(redis.client())
  await feed.describe(...Array.from({ length: 200 }, (_, i) => `SYMBOL${i}`))
})
afterAll(async () => {
  for (const step of undo) step()
  await node?.stop()
  await redis.stop()
})

const open = async () => {
  const raw = await openRaw(node.url)
  undo.push(() => raw.socket.destroy())
  return raw
}
const ended = async (reason: string): Promise<number> =>
  (await scrape(node.url)).value('watchfloor_http_ended_total', { reason })

it.each([
  ['half a request line', 'GET /api'],
  ['headers without an end', 'GET /api/config HTTP/1.1\r\nHost: localhost\r\n'],
])('ends a connection that sends %s, and goes on byte by byte, within seconds', async (_, bytes) => {
  const before = await ended('late')
  const { socket, send, heard, ended: gone } = await open()
  send(bytes)
  const drip = setInterval(() => socket.writable && send('x'), 500)
  undo.push(() => clearInterval(drip))
  await gone
  clearInterval(drip)
  expect(readReplies(heard()).map(({ status }) => status)).toEqual([408])
  expect(await ended('late')).toBeGreaterThan(before)
})

it('ends a connection that sends nothing at all', async () => {
  const { ended: gone } = await open()
  await gone
})

it('does not wait for a body', async () => {
  for (const length of ['Content-Length: 1000', 'Transfer-Encoding: chunked']) {
    const { send, heard, ended: gone } = await open()
    send(`POST /api/config HTTP/1.1\r\nHost: localhost\r\n${length}\r\n\r\n`)
    await gone
    expect(readReplies(heard()).map(({ status }) => status)).toEqual([405])
  }
})

it('cuts a connection that sends many requests ahead, and answers others meanwhile', async () => {
  const before = await ended('pipelined')
  const many = 'GET /api/symbols HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(1000)
  const greedy = await Promise.all(Array.from({ length: 20 }, open))
  for (const { socket, send } of greedy) {
    socket.pause()
    send(many)
  }
  expect((await fetch(`${node.url}/healthz`)).status).toBe(200)
  for (const { socket } of greedy) socket.resume()
  await Promise.all(greedy.map(({ ended: gone }) => gone))
  expect((await ended('pipelined')) - before).toBe(20)
})

it('answers a few that are sent ahead one after the other, in order', async () => {
  const { send, heard, ended: gone } = await open()
  const paths = ['/api/symbols', '/healthz', '/nothing', '/api/config', '/api/stats']
  send(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`).join(''))
  send('GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
  await gone
  const replies = readReplies(heard())
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 404, 200, 200, 200])
  expect(JSON.parse(replies[0]?.body ?? '').symbols).toHaveLength(200)
})

it('cuts a connection that does not take its answers', async () => {
  const before = await ended('stalled')
  const { socket, send, ended: gone } = await open()
  socket.pause()
  // More than the system holds for a connection; each is sent as soon as the one before it was taken by the system.
  const asking = setInterval(() => socket.writable && send('GET /api/symbols HTTP/1.1\r\nHost: localhost\r\n\r\n'), 2)
  undo.push(() => clearInterval(asking))
  await eventually('it is cut', async () => (await ended('stalled')) > before || (await ended('pipelined')) > 20)
  clearInterval(asking)
  socket.resume()
  await gone
})

it('leaves a connection alone that takes its time between requests, as long as it is not idle for long', async () => {
  const { send, heard } = await open()
  for (let i = 0; i < 3; i++) {
    send('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await eventually('an answer', () => readReplies(heard()).length === i + 1)
    await sleep(1000)
  }
})
