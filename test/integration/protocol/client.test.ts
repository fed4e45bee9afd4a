import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { watchFloor } from '../../../docs/client.ts'
import { fold } from '../../../docs/fold.ts'
import type { DeviceSnapshot, Fix } from '../../../wire/fleet.ts'
import type { SymbolSnapshot } from '../../../wire/market.ts'
import { eventually } from '../../support/eventually.ts'
import { createFeed, type Feed } from '../../support/feed.ts'
import { startNode, type TestNode } from '../../support/node.ts'
import { connectRaw } from '../../support/raw-client.ts'
import { startRedis, type TestRedis } from '../../support/redis.ts'
import { flushEverything, killSubscribers } from '../../support/redis-everywhere.ts'
import { fix, quote, trade, watch } from './stage.ts'

const SYMBOLS = ['BOOK1', 'BOOK2', 'BOOK3']
const TOPICS = [...SYMBOLS.map((symbol) => `s:${symbol}`), 'd:BOOK', 's:NOBODY']
const ENV = { HEARTBEAT_MS: '300' }

let redis: TestRedis
let node: TestNode
let feed: Feed

beforeAll(async () => {
  redis = await startRedis()
  node = await startNode({ redisUrl: redis.url, env: ENV })
  feed = createFeed(redis.client())
})
afterAll(async () => {
  await node?.stop() // where it did not start, its Redis is ended all the same
  await redis.stop()
})

const describeAll = async (): Promise<void> => {
  await feed.describe(...SYMBOLS)
  await feed.fix(fix('BOOK'))
}

/** A way to the node; what is open when it is silenced stays open, and nothing comes through any more. */
const startWay = async () => {
  const ends = new Set<Socket>()
  const way = createServer((client) => {
    const server = connect(node.port, '127.0.0.1')
    client.pipe(server).pipe(client)
    for (const end of [client, server]) ends.add(end)
    client.on('error', () => {}).on('close', () => server.destroy())
    server.on('error', () => {}).on('close', () => client.destroy())
  }).listen(0, '127.0.0.1')
  await once(way, 'listening')
  return {
    url: `http://127.0.0.1:${(way.address() as AddressInfo).port}`,
    silence: () => {
      for (const end of ends) end.unpipe()
    },
    close: () => {
      way.close()
      for (const end of ends) end.destroy()
    },
  }
}

/** A user of the page's client: what it makes of what it is told. */
const startUser = (url: string) => {
  const symbols = new Map<string, SymbolSnapshot>()
  const fixes = new Map<number, Fix>()
  const refused: string[] = []
  const client = watchFloor(url, TOPICS, {
    state: (topic, snapshot) => {
      if (topic.startsWith('s:')) symbols.set(topic, snapshot as SymbolSnapshot)
      const { last } = snapshot as DeviceSnapshot
      if (topic.startsWith('d:') && last) fixes.set(last.n, last)
    },
    update: ({ topic, ...update }) => {
      const state = symbols.get(topic)
      if (state) symbols.set(topic, fold(state, update as object) as SymbolSnapshot)
      for (const each of (update as { fixes?: Fix[] }).fixes ?? []) fixes.set(each.n, each)
    },
    refused: (topic, code) => refused.push(`${topic} ${code}`),
  })
  return { symbols, fixes, refused, client }
}

const truth = async (): Promise<Map<string, unknown>> => {
  const fresh = await connectRaw(node.url)
  const results = await watch(fresh, { topics: TOPICS.slice(0, 3).map((topic) => ({ topic })) })
  fresh.close()
  return new Map(results.map((each) => [each.topic, each.kind === 'snapshot' ? each.snapshot : each.kind]))
}

const publish = async (rounds: number): Promise<void> => {
  for (let i = 0; i < rounds; i++) {
    for (const symbol of SYMBOLS) await feed.market(symbol, [trade({ price: 90 + (i % 20) }), trade()], [quote()])
    await feed.fix(fix('BOOK', { lat: 30 + i / 1000 }))
  }
}

it('the client of the page is right after all that can befall it', async () => {
  await describeAll()
  const way = await startWay()
  const user = startUser(way.url)
  const right = (when: string) =>
    eventually(
      `the state of Redis ${when}`,
      async () => {
        expect(user.symbols).toEqual(await truth())
        return true
      },
      { everyMs: 200 },
    )
  await eventually('a refusal', () => user.refused.length > 0)
  expect(user.refused).toEqual(['s:NOBODY unknown_symbol'])
  const before = user.fixes.size
  await publish(20)
  await right('after updates')
  await eventually('every fix', () => user.fixes.size === before + 20)

  const pouring = publish(150)
  for (let i = 0; i < 3; i++) await killSubscribers(redis.client())
  await pouring
  await right('after lost messages')

  const during = publish(150)
  await node.kill()
  node = await startNode({ redisUrl: redis.url, env: ENV, port: node.port })
  await during
  await right('after the node came back')
  await eventually('every fix', () => user.fixes.size === before + 320)

  await redis.kill()
  await redis.restart()
  await eventually('Redis', () => describeAll().then(() => true))
  await publish(20)
  await right('after a restart of Redis')

  await flushEverything(redis.client())
  await describeAll()
  await publish(20)
  await right('after Redis was emptied')

  await node.stop()
  node = await startNode({ redisUrl: redis.url, env: ENV, port: node.port })
  await publish(20)
  await right('after the node was replaced in order')

  way.silence()
  await publish(20)
  await right('after its connection died without a word')
  user.client.close()
  way.close()
})
