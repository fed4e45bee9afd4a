import { afterAll, beforeAll, expect, it } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { scrape } from '../../support/metrics.ts'
import { startNode, type TestNode } from '../../support/node.ts'
import { frame, joinRaw, OPCODE, openRaw, openWebSocket } from '../../support/raw-socket.ts'
import { startRedis, type TestRedis } from '../../support/redis.ts'

let redis: TestRedis
let node: TestNode

beforeAll(async () => {
  redis = await startRedis()
  node = await startNode({ redisUrl: redis.url })
})
afterAll(async () => {
  await node.stop()
  await redis.stop()
})

const ended = async (reason: string): Promise<number> =>
  (await scrape(node.url)).value('watchfloor_terminated_clients_total', { reason })
const open = async (state: string): Promise<number> =>
  (await scrape(node.url)).value('watchfloor_open_connections', { state })

it('a client that leaves is let go of with its connection, also one that does not close it', async () => {
  const socket = await joinRaw(node.port)
  expect(await open('client')).toBe(1)
  socket.send(frame('41'))
  await socket.closed()
  await eventually('nobody', async () => (await open('client')) === 0)
})

it('a WebSocket that does not join is cut within seconds, and counted before and after', async () => {
  const sockets = await Promise.all(Array.from({ length: 20 }, () => openWebSocket(node.port)))
  expect(await open('handshake')).toBe(20)
  await Promise.all(sockets.map((socket) => socket.closed()))
  expect(await ended('silent')).toBe(20)
  expect(await open('handshake')).toBe(0)
})

it('a message that is not whole within seconds ends the connection, whatever pings come between', async () => {
  const [slow, pinging, idle] = await Promise.all([1, 2, 3].map(() => joinRaw(node.port)))
  const whole = frame(`42["nothing","${'x'.repeat(1000)}"]`)
  let sent = 0
  const trickle = setInterval(() => slow?.send(whole.subarray(sent, ++sent)), 200)
  pinging?.send(frame('42["nothing",', OPCODE.text, false))
  const ping = setInterval(() => pinging?.send(frame('there?', OPCODE.ping)), 500)
  const chat = setInterval(() => idle?.send(Buffer.concat([frame('here', OPCODE.ping), frame('', OPCODE.pong)])), 500)
  await Promise.all([slow?.closed(), pinging?.closed()])
  for (const timer of [trickle, ping, chat]) clearInterval(timer)
  expect(await ended('unfinished')).toBe(2)
  // One that says nothing but ping and pong is left alone.
  expect(idle?.isClosed()).toBe(false)
  idle?.end()
})

it('plain connections are counted, too', async () => {
  const sockets = await Promise.all(Array.from({ length: 5 }, () => openRaw(node.port)))
  await eventually('counted', async () => (await open('http')) >= 5)
  for (const socket of sockets) socket.end()
})
