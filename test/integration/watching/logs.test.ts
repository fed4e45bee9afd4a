import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { connectClient } from '../../support/client.ts'
import { eventually } from '../../support/eventually.ts'
import { createFeed } from '../../support/feed.ts'
import { scrape } from '../../support/metrics.ts'
import { startNode, type TestNode } from '../../support/node.ts'
import { startRedis, type TestRedis } from '../../support/redis.ts'

let redis: TestRedis
let node: TestNode
beforeAll(async () => {
  redis = await startRedis()
  node = await startNode({ redisUrl: redis.url, env: { LOG_LEVEL: 'info', HEARTBEAT_MS: '500' } })
  await createFeed(redis.client()).describe('ACME')
})
afterAll(async () => {
  await node?.kill()
  await redis.stop()
})

const lines = (of: TestNode = node): string[] => of.output().split('\n').filter(Boolean)
/** The lines that were logged while `work` was done. */
const logged = async (work: () => Promise<unknown>): Promise<string[]> => {
  const before = lines().length
  await work()
  await sleep(100)
  return lines().slice(before)
}
const upgrade = (): WebSocket => new WebSocket(`${node.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`)

describe('a log without storms', () => {
  it('says nothing of hundreds of clients that connect and leave, in order and not', async () => {
    const said = await logged(async () => {
      for (let round = 0; round < 5; round++) {
        const clients = await Promise.all(Array.from({ length: 40 }, () => connectClient(node.url)))
        await Promise.all(clients.map((client) => client.watchTopics('s:ACME')))
        for (const client of clients) client.close()
      }
      const sockets = Array.from({ length: 100 }, upgrade)
      await Promise.all(sockets.map((socket) => once(socket, 'open')))
      for (const socket of sockets) socket.terminate()
      await eventually('all are gone', async () => (await scrape(node.url)).value('watchfloor_clients') === 0)
    })
    expect(said).toEqual([])
    expect((await scrape(node.url)).value('watchfloor_connections_total')).toBeGreaterThanOrEqual(200)
  })

  it('says nothing of what a client sends that makes no sense', async () => {
    const nonsense = [
      ...['4', '42', '42[', '42["watch"', '42["watch",{}]', '420["watch",null]', '421["unwatch",{"topics":7}]'],
      ...['422["tune",[]]', '423["no such event",1]', '43[]', '4599', '45-["watch",{"_placeholder":true,"num":0}]'],
      ...['9', 'x', '', '\u0000', '40', '41', '2probe', '420["watch",{"topics":[{"topic":"s:ACME","rate":-1}]}]'],
    ]
    const said = await logged(async () => {
      for (let round = 0; round < 3; round++)
        for (const text of [...nonsense, Buffer.from([1, 2, 3])]) {
          const socket = upgrade()
          socket.on('error', () => {})
          await once(socket, 'open')
          const answered = (start: string): Promise<unknown> =>
            new Promise((resolve) => {
              socket.on('close', resolve)
              socket.on('message', (answer) => String(answer).startsWith(start) && resolve(answer))
            })
          socket.send('40')
          await answered('40')
          const over = answered('43999')
          for (let i = 0; i < 20; i++) socket.send(text)
          // All of it has been read when this is answered, or the connection was ended for it; one that left is told
          // nothing.
          socket.send('42999["unwatch",{"topics":[]}]')
          await Promise.race([over, sleep(500)])
          socket.terminate()
        }
      for (let i = 0; i < 200; i++) await fetch(`${node.url}/api/symbols/%ZZ/candles?limit=${i}`)
    })
    expect(said).toEqual([])
    expect((await scrape(node.url)).value('watchfloor_refused_total', { reason: 'bad_request' })).toBeGreaterThan(300)
    expect((await fetch(`${node.url}/readyz`)).status).toBe(200)
  })

  it('says when Redis is lost and when it is back, a few lines however long it is away and however many ask', async () => {
    const clients = await Promise.all(Array.from({ length: 50 }, () => connectClient(node.url)))
    const said = await logged(async () => {
      await redis.kill()
      const until = performance.now() + 6000
      while (performance.now() < until) {
        await Promise.all(clients.map((client) => client.watchTopics('s:ACME').catch(() => {})))
        await fetch(`${node.url}/api/symbols`)
        await sleep(100)
      }
      await redis.restart()
      await eventually('it is back', async () => (await fetch(`${node.url}/readyz`)).ok)
    })
    for (const client of clients) client.close()
    expect(said.length).toBeGreaterThanOrEqual(2)
    expect(said.length, said.join('\n')).toBeLessThan(20)
    expect(said.filter((line) => JSON.parse(line).level >= 40).length).toBeGreaterThan(0)
    const figures = await scrape(node.url)
    expect(figures.value('watchfloor_redis_outages_total')).toBeGreaterThan(0)
    expect(figures.value('watchfloor_log_lines_total', { level: 'warn' })).toBeGreaterThan(0)
    expect(figures.value('watchfloor_log_lines_total', { level: 'error' })).toBe(0)
  })
})

it('shows no password of a Redis that comes and goes, at any level', async () => {
  const { password } = await redis.server()
  const talkative = await startNode({ redisUrl: redis.url, env: { LOG_LEVEL: 'debug' } })
  try {
    await connectClient(talkative.url).then((client) => client.watchTopics('s:ACME').then(client.close))
    await redis.kill()
    await eventually('it noticed', async () => !(await fetch(`${talkative.url}/readyz`)).ok)
    await redis.restart()
    await eventually('it is back', async () => (await fetch(`${talkative.url}/readyz`)).ok)
    const all = `${talkative.output()}${await (await fetch(`${talkative.url}/metrics`)).text()}`
    expect(lines(talkative).length).toBeGreaterThan(2)
    expect(password.length).toBeGreaterThan(8)
    expect(all).not.toContain(password)
  } finally {
    await talkative.kill()
  }
})
