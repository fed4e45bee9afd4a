import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { scrape } from '../../support/metrics.ts'
import { startNode, type TestNode } from '../../support/node.ts'
import { joinRaw, openRaw, openWebSocket, type RawSocket, upgrade } from '../../support/raw-socket.ts'
import { startRedis, type TestRedis } from '../../support/redis.ts'

let redis: TestRedis
const nodes: TestNode[] = []
let sockets: RawSocket[] = []

const start = async (env: Record<string, string>): Promise<TestNode> => {
  const node = await startNode({ redisUrl: redis.url, env })
  nodes.push(node)
  return node
}
const many = async (count: number, open: () => Promise<RawSocket>): Promise<RawSocket[]> => {
  const opened = await Promise.all(Array.from({ length: count }, open))
  sockets.push(...opened)
  return opened
}
const refused = async (url: string): Promise<number> =>
  (await scrape(url)).value('watchfloor_refused_total', { reason: 'connections' })

beforeAll(async () => {
  redis = await startRedis()
})
afterEach(() => {
  for (const socket of sockets) socket.end()
  sockets = []
})
afterAll(async () => {
  await Promise.all(nodes.map((node) => node.stop()))
  await redis.stop()
})

it('takes so many connections of one address, and the next once one has gone', async () => {
  const node = await start({ MAX_CONNECTIONS_PER_ADDRESS: '20' })
  // The test's own questions are kept alive, and count.
  const plain = await many(15, () => openRaw(node.port))
  const more = await many(30, () => openRaw(node.port))
  await eventually('too many are closed', () => more.filter((socket) => socket.isClosed()).length >= 25)
  expect(more.filter((socket) => !socket.isClosed()).length).toBeLessThanOrEqual(5)
  for (const socket of plain) socket.end()
  await eventually('room again', async () => {
    const [client] = await many(1, () => joinRaw(node.port))
    return client?.text().includes('hello')
  })
  expect(await refused(node.url)).toBeGreaterThanOrEqual(25)
})

it('takes so many in all, whoever they are of', async () => {
  const node = await start({ MAX_CONNECTIONS: '20' })
  const all = await many(60, () => openRaw(node.port))
  await eventually('too many are closed', () => all.filter((socket) => socket.isClosed()).length >= 40)
  for (const socket of all) socket.end()
  await eventually('told', async () => (await refused(node.url)) >= 40)
})

it('lets only some of an address be on their way in at once', async () => {
  const node = await start({ MAX_CONNECTIONS_PER_ADDRESS: '40' })
  const all = await many(20, () => openWebSocket(node.port))
  const late = all.filter((socket) => socket.text().startsWith('HTTP/1.1 429'))
  expect(late).toHaveLength(10)
  expect(late[0]?.text()).toContain('"code":"rate_limited"')
  expect(late[0]?.text()).toMatch(/Retry-After: \d/)
})

it('counts behind a proxy for whom it asks, and believes nobody else', async () => {
  const node = await start({ MAX_CONNECTIONS_PER_ADDRESS: '8', PROXIES: '127.0.0.1' })
  const behind = (address: string) => () => joinRaw(node.port, { 'X-Forwarded-For': address })
  const isIn = (socket: RawSocket): boolean => socket.text().includes('hello')
  const joined: boolean[] = []
  for (let i = 0; i < 10; i++) joined.push(...(await many(1, behind('203.0.113.9'))).map(isIn))
  expect(joined).toEqual([...Array(8).fill(true), false, false])
  expect((await many(2, behind('203.0.113.10'))).filter(isIn)).toHaveLength(2)
  expect((await many(2, behind('203.0.113.9, 203.0.113.11'))).filter(isIn)).toHaveLength(2)
  // One customer's half of an IPv6 address counts as one.
  for (let i = 0; i < 8; i++) await many(1, behind(`2001:db8:1:2::${i}`))
  expect((await many(1, behind('2001:db8:1:2:ffff::1'))).filter(isIn)).toHaveLength(0)
  expect((await many(1, behind('2001:db8:1:3::1'))).filter(isIn)).toHaveLength(1)

  const open = await start({ MAX_CONNECTIONS_PER_ADDRESS: '8' })
  const liars = await many(12, () => openRaw(open.port))
  liars.forEach((socket, i) => {
    socket.send(upgrade(undefined, { 'X-Forwarded-For': `203.0.113.${i}` }))
  })
  await eventually('closed', () => liars.filter((socket) => socket.isClosed()).length >= 4)
})
