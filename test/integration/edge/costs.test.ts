import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { MAX_VIEW_CELLS } from '../../../wire/cells.ts'
import type { WatchReply } from '../../../wire/protocol.ts'
import { eventually } from '../../support/eventually.ts'
import { createFeed } from '../../support/feed.ts'
import { scrape } from '../../support/metrics.ts'
import { startNode, type TestNode } from '../../support/node.ts'
import { connectRaw } from '../../support/raw-client.ts'
import { frame, joinRaw, OPCODE, openRaw, type RawSocket, upgrade } from '../../support/raw-socket.ts'
import { startRedis, type TestRedis } from '../../support/redis.ts'

/** Whoever asks for much waits, and is cut in the end; whoever behaves notices nothing of it. */

const SYMBOLS = Array.from({ length: 2000 }, (_, i) => `COST${i}`)

let redis: TestRedis
let node: TestNode

beforeAll(async () => {
  redis = await startRedis()
  node = await startNode({ redisUrl: redis.url, env: { MAX_WATCHES: '2000', MAX_REQUESTS: '1000' } })
  await createFeed(redis.client()).describe(...SYMBOLS)
})
afterAll(async () => {
  await node.stop()
  await redis.stop()
})

const cut = async (url: string): Promise<number> =>
  (await scrape(url)).value('watchfloor_terminated_clients_total', { reason: 'work' })

/** CPU time of a node so far, in milliseconds. */
const cpu = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? []
  return 10 * (Number(fields[11]) + Number(fields[12]))
}

/** Sends as much as the other side takes until it is cut. */
const flood = async (socket: RawSocket, message: Buffer): Promise<void> => {
  const sending = setInterval(() => {
    if (socket.waiting() < 4_000_000) socket.send(message)
  }, 5)
  await eventually('its end', socket.isClosed, { limitMs: 150_000 }).finally(() => clearInterval(sending))
}

const invalid = Array.from({ length: 2000 }, (_, i) => ({ topic: `${'no such topic '.repeat(10)}${i}` }))
const cursor = { epoch: 'e', seq: 1 }
const cursors = Object.fromEntries(Array.from({ length: 12_000 }, (_, i) => [`c:${i}`, cursor]))
const bounds = { west: 0, south: 0, east: 0.01, north: 0.01 }

const FLOODS = [
  // Topics that there are not.
  frame(`421${JSON.stringify(['watch', { topics: invalid }])}`),
  // More cursors than a view has cells.
  frame(`421${JSON.stringify(['watch', { view: { bounds, cursors } }])}`),
  // Events that there are not, large and small.
  frame(`42["nothing","${'x'.repeat(510_000)}"]`),
  Buffer.concat(Array(1000).fill(frame('42["nothing"]'))),
  Buffer.concat(Array(1000).fill(frame('3'))),
]

it('floods of any kind cost a share of a core each, and are cut', async () => {
  // So little that a flood is more on a machine that is busy, too.
  const node = await startNode({ redisUrl: redis.url, env: { CLIENT_SHARE: '0.003' } })
  onTestFinished(async () => void (await node.stop()))
  const other = await connectRaw(node.url)
  const sockets = await Promise.all(FLOODS.map(() => joinRaw(node.port)))
  const [from, before] = [performance.now(), cpu(node.pid)]
  await Promise.all(sockets.map((socket, i) => flood(socket, FLOODS[i] ?? Buffer.alloc(0))))
  const share = (cpu(node.pid) - before) / (performance.now() - from)
  // On a machine that is busy some end sooner: their answers to the node's pings wait behind the flood.
  expect(await cut(node.url)).toBeGreaterThan(0)
  expect(share / FLOODS.length).toBeLessThan(0.05)
  expect(await other.ask('unwatch', { topics: [] })).toEqual({ results: [] })
  other.close()
})

it('a flood of pings is cut', async () => {
  const socket = await joinRaw(node.port)
  await flood(socket, Buffer.concat(Array(1000).fill(frame('', OPCODE.ping))))
})

it('what an address owes it goes on owing, with a new connection too', async () => {
  const strict = await startNode({ redisUrl: redis.url, env: { ADDRESS_SHARE: '0.002' } })
  onTestFinished(async () => void (await strict.stop()))
  const socket = await joinRaw(strict.port)
  const sending = setInterval(() => socket.send(frame(`42["nothing","${'x'.repeat(510_000)}"]`)), 5)
  onTestFinished(() => clearInterval(sending))
  const tryAgain = async () => {
    const next = await openRaw(strict.port)
    next.send(upgrade())
    await eventually('an answer', () => next.text().length > 0)
    next.end()
    return next.text().startsWith('HTTP/1.1 429')
  }
  await eventually('it is turned away', tryAgain)
})

it('a dashboard that comes back with 2,000 topics, again and again, is answered and stays', async () => {
  const topics = SYMBOLS.map((symbol) => ({ topic: `s:${symbol}` }))
  const before = await cut(node.url)
  for (let i = 0; i < 5; i++) {
    const client = await connectRaw(node.url)
    const { results } = await client.ask<Extract<WatchReply, { results: unknown }>>('watch', { topics })
    expect(results).toHaveLength(2000)
    const known = results.flatMap((result) =>
      'cursor' in result ? [{ topic: result.topic, cursor: result.cursor }] : [],
    )
    const again = await client.ask<Extract<WatchReply, { results: unknown }>>('watch', { topics: known })
    expect(again.results.every(({ kind }) => kind === 'current')).toBe(true)
    client.close()
  }
  expect(await cut(node.url)).toBe(before)
})

it('a map that is moved ten times a second for long stays', async () => {
  const client = await connectRaw(node.url)
  for (let i = 0; i < 100; i++) {
    const west = -97.8 + (i % 50) * 0.01
    const view = { bounds: { west, south: 30.2, east: west + 0.4, north: 30.5 } }
    expect(await client.ask('watch', { view })).not.toHaveProperty('error')
    await sleep(100)
  }
  expect(client.isOpen()).toBe(true)
  client.close()
})

it('a view has no more cursors than cells', async () => {
  const client = await connectRaw(node.url)
  const few = Object.fromEntries(Object.entries(cursors).slice(0, MAX_VIEW_CELLS))
  expect(await client.ask('watch', { view: { bounds, cursors: few } })).toHaveProperty('results')
  expect(await client.ask('watch', { view: { bounds, cursors: { ...few, more: cursor } } })).toMatchObject({
    error: { code: 'bad_request', message: expect.stringContaining(`view.cursors: takes at most ${MAX_VIEW_CELLS}`) },
  })
  client.close()
})
