import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { parse } from 'yaml'
import { connectClient, type TestClient } from '../../support/client.ts'
import { ROOT } from '../../support/environment.ts'
import { eventually } from '../../support/eventually.ts'
import { createFeed, type Feed } from '../../support/feed.ts'
import { type Scrape, scrape } from '../../support/metrics.ts'
import { startNode, type TestNode } from '../../support/node.ts'
import { MODE, startRedis, type TestRedis } from '../../support/redis.ts'

let redis: TestRedis
let node: TestNode
let feed: Feed
const clients: TestClient[] = []

beforeAll(async () => {
  redis = await startRedis()
  node = await startNode({ redisUrl: redis.url, env: { NODE_NAME: 'one', HEARTBEAT_MS: '300', MAX_REQUESTS: '20' } })
  feed = createFeed(redis.client())
  await feed.describe('ACME', 'BETA')
})
afterAll(async () => {
  for (const client of clients) client.close()
  await node?.kill()
  await redis.stop()
})

const open = async (): Promise<TestClient> => {
  const client = await connectClient(node.url)
  clients.push(client)
  return client
}
let id = 1
const trade = (symbol = 'ACME') => feed.market(symbol, [{ id: id++, t: Date.now(), price: 10, size: 1 }])
const now = (): Promise<Scrape> => scrape(node.url)
/** How much each series has grown while `work` was done. */
const grown = async (work: () => Promise<unknown>) => {
  const before = await now()
  await work()
  const after = await now()
  return (name: string, labels?: Record<string, string>) => after.value(name, labels) - before.value(name, labels)
}

describe('what docs/operations.md says of metrics', () => {
  const page = readFileSync(`${ROOT}/docs/operations.md`, 'utf8')
  const told = [...page.matchAll(/^\| `((?:watchfloor|process|nodejs)_\w+)` \|/gm)].map(([, name = '']) => name)

  it('is of metrics that there are, and of all of our own', async () => {
    const { types } = await now()
    expect(told.length).toBeGreaterThan(20)
    expect(told.filter((name) => !types.has(name))).toEqual([])
    expect([...types.keys()].filter((name) => name.startsWith('watchfloor_') && !told.includes(name))).toEqual([])
    expect(new Set(told).size).toBe(told.length)
  })

  it('names the values that labels have', async () => {
    const { samples } = await now()
    for (const [name, label] of [
      ['watchfloor_gaps_total', 'reason'],
      ['watchfloor_answers_total', 'kind'],
    ] as const)
      for (const { labels } of samples.filter((each) => each.name === name))
        expect(page).toContain(`\`${labels[label]}\``)
  })

  it('goes by the conventions of Prometheus', async () => {
    for (const [name, type] of (await now()).types) {
      if (!name.startsWith('watchfloor_')) continue
      expect(name.endsWith('_total'), name).toBe(type === 'counter')
      if (type === 'histogram') expect(name).toMatch(/_seconds$/)
    }
  })

  it('is what the alert rules and the dashboard use', async () => {
    const rules = readFileSync(`${ROOT}/deploy/alerts.yml`, 'utf8')
    const { groups } = parse(rules) as { groups: { rules: { alert: string; expr: string }[] }[] }
    const { panels } = JSON.parse(readFileSync(`${ROOT}/deploy/grafana.json`, 'utf8')) as {
      panels: { targets: { expr: string }[] }[]
    }
    const { samples } = await now()
    for (const each of [groups.flatMap((group) => group.rules), panels.flatMap(({ targets }) => targets)]) {
      const used = each.flatMap(({ expr }) => expr.match(/watchfloor_\w+/g) ?? [])
      expect(used.length).toBeGreaterThan(8)
      expect(used.filter((name) => !samples.some((sample) => sample.name === name))).toEqual([])
    }
  })
})

it('says which node it is, and how its Redis runs and stands', async () => {
  const figures = await now()
  expect(figures.value('watchfloor_info', { node: 'one', redis: MODE })).toBe(1)
  expect(figures.value('watchfloor_redis_up')).toBe(1)
  const connections = figures.samples.filter(({ name }) => name === 'watchfloor_redis_connection_up')
  expect(connections.length).toBeGreaterThanOrEqual(MODE === 'cluster' ? 4 : 2)
  expect(connections.filter(({ value }) => value !== 1)).toEqual([])
})

it('counts clients, what they watch, and every update that each is handed, by the frame', async () => {
  const [a, b] = [await open(), await open()]
  const of = await grown(async () => {
    await a.watchTopics('s:ACME', 's:BETA')
    await b.watchTopics('s:ACME')
    for (let i = 0; i < 10; i++) await trade()
    await trade('BETA')
    await eventually('all is there', () => a.frames.flat().length === 11 && b.frames.flat().length === 10)
  })
  const figures = await now()
  expect(figures.value('watchfloor_clients')).toBe(2)
  expect(figures.value('watchfloor_watches')).toBe(3)
  expect(figures.value('watchfloor_topics')).toBe(3) // what is taken back, too
  expect(of('watchfloor_answers_total', { kind: 'snapshot' })).toBe(3)
  expect(of('watchfloor_updates_total')).toBe(11)
  expect(of('watchfloor_deliveries_total')).toBe(21)
  expect(of('watchfloor_frames_total')).toBeGreaterThanOrEqual(a.frames.length + b.frames.length)
  const text = JSON.stringify([...a.frames, ...b.frames].flat())
  expect(of('watchfloor_sent_bytes_total')).toBeGreaterThan(text.length)
  expect(of('watchfloor_sent_bytes_total')).toBeLessThan(text.length * 2)
  expect(of('watchfloor_flush_seconds_count')).toBeGreaterThan(0)
})

it('measures the time from publishing to sending', async () => {
  const client = await open()
  await client.watchTopics('s:ACME')
  const of = await grown(async () => {
    for (let i = 0; i < 20; i++) await trade()
    await eventually('all is there', () => client.frames.flat().length === 20)
  })
  const count = of('watchfloor_delay_seconds_count')
  expect(count).toBeGreaterThan(0)
  expect(count).toBe(of('watchfloor_flush_seconds_count'))
  // Redis runs on the same clock here: over nothing; and these are seconds, not milliseconds.
  expect(of('watchfloor_delay_seconds_sum') / count).toBeGreaterThan(0)
  expect(of('watchfloor_delay_seconds_sum') / count).toBeLessThan(60)
})

it('does not time what a client asked to be held', async () => {
  const client = await open()
  await client.watch({ topics: [{ topic: 's:BETA', rate: 2 }] })
  for (const other of clients) if (other !== client) await other.unwatch('s:BETA', 's:ACME')
  const of = await grown(async () => {
    await trade('BETA')
    await eventually('it is there', () => client.frames.length === 1)
  })
  expect(of('watchfloor_deliveries_total')).toBe(1)
  expect(of('watchfloor_delay_seconds_count')).toBe(0)
})

it('counts what is refused, by reason', async () => {
  const client = await open()
  const of = await grown(async () => {
    await client.watchTopics('nothing', 's:NEVER', 'c:other/0231301203313')
    await client.watch({ topics: 'all' } as never)
    await client.watch({ view: { bounds: { west: -100, south: 0, east: 100, north: 60 } } })
    await fetch(`${node.url}/api/symbols/NEVER/candles`)
    await fetch(`${node.url}/api/nothing`)
    const address = `${node.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`
    await once(new WebSocket(address, { origin: 'https://elsewhere.example' }), 'error')
    await Promise.all(Array.from({ length: 30 }, () => client.unwatch('s:ACME')))
  })
  const refused = (reason: string): number => of('watchfloor_refused_total', { reason })
  expect(refused('bad_topic')).toBe(2)
  expect(refused('bad_request')).toBe(1)
  expect(refused('view_too_wide')).toBe(1)
  expect(refused('unknown_symbol')).toBe(2)
  expect(refused('not_found')).toBe(1)
  expect(refused('origin')).toBe(1)
  expect(refused('rate_limited')).toBeGreaterThanOrEqual(30 - 20)
  expect(refused('unavailable')).toBe(0)
})

it('counts clients that come back, apart from those that come', async () => {
  const known = await open()
  const reply = await known.watchTopics('s:ACME')
  const [answer] = 'results' in reply ? reply.results : []
  if (answer?.kind !== 'snapshot') throw new Error(JSON.stringify(reply))
  const of = await grown(async () => {
    await (await open()).watchTopics('s:ACME')
    await (await open()).watch({ topics: [{ topic: 's:ACME', cursor: answer.cursor }] })
  })
  expect(of('watchfloor_connections_total')).toBe(2)
  expect(of('watchfloor_returned_clients_total')).toBe(1)
  expect(of('watchfloor_answers_total', { kind: 'current' })).toBe(1)
})

it('has as many series however much is watched, and no names in them', async () => {
  const before = (await now()).samples.map(({ name, labels }) => `${name} ${JSON.stringify(labels)}`)
  const symbols = Array.from({ length: 60 }, (_, i) => `SYM${i}`)
  await feed.describe(...symbols)
  const client = await open()
  await client.watchTopics(...symbols.map((symbol) => `s:${symbol}`))
  for (const symbol of symbols) await trade(symbol)
  const lat = 30.27
  const fixes = Array.from({ length: 20 }, (_, i) => ({ id: `BUS-${i}`, n: 1, t: Date.now(), lat, lon: -97.74 }))
  for (const fix of fixes) await feed.fix(fix)
  await client.watchTopics(...fixes.map(({ id }) => `d:${id}`))
  const { samples } = await now()
  const after = samples.map(({ name, labels }) => `${name} ${JSON.stringify(labels)}`)
  expect(after.join('\n')).not.toMatch(/SYM\d|BUS-|ACME/)
  // prom-client tells of the kinds of handles and of garbage collections that there happen to be.
  const ours = (lines: string[]) => lines.filter((line) => line.startsWith('watchfloor_'))
  expect(ours(after)).toEqual(ours(before))
  expect(samples.length).toBeLessThan(400)
})

it('tells what became of what feeds sent', async () => {
  const had = await now()
  const t = Date.now()
  const good = { id: 900_001, t, price: 1, size: 1 }
  await feed.market('FATE', [good, good, { ...good, id: 900_002, size: -1 }])
  const minutes = Array.from({ length: 3200 }, (_, i) => ({ ...good, id: i + 1, t: t - (3200 - i) * 60_000 }))
  await feed.market('FATE', minutes)
  await feed.market('FATE', [{ ...good, id: 900_003, t: t - 100 * 3_600_000 }])
  const more = (scraped: Scrape, fate: string) =>
    scraped.value('watchfloor_feed_items', { fate }) - had.value('watchfloor_feed_items', { fate })
  const told = async () => {
    const scraped = await now()
    return more(scraped, 'old') === 1 ? scraped : null
  }
  const scraped = await eventually('they are counted', told)
  expect(['accepted', 'repeat', 'refused'].map((fate) => more(scraped, fate) > 0)).toEqual([true, true, true])
})
