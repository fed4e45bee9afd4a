import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { ErrorReply } from '../../../wire/api.ts'
import type { ShareReply } from '../../../wire/people.ts'
import type { TestClient } from '../../support/client.ts'
import { eventually } from '../../support/eventually.ts'
import { createFeed } from '../../support/feed.ts'
import { scrape } from '../../support/metrics.ts'
import type { TestNode } from '../../support/node.ts'
import { type RedisProxy, startProxy } from '../../support/proxy.ts'
import { MODE, startRedis, type TestRedis } from '../../support/redis.ts'
import { flushEverything } from '../../support/redis-everywhere.ts'
import { type Desk, openDesk } from './desk.ts'

/** A person who is taken back while watching on three nodes is cut on all of them, and so is what they shared. */
let redis: TestRedis
let desk: Desk

beforeAll(async () => {
  redis = await startRedis()
})
beforeEach(async () => {
  await flushEverything(redis.client())
  desk = await openDesk(redis)
})
afterEach(() => desk.stop())
afterAll(() => redis?.stop())

const EVERYTHING = 'watch:* share:* say:* manage:*'
const isCut = ({ notices, socket }: TestClient): boolean =>
  !socket.connected && notices.some((notice) => notice.kind === 'signed_out' && notice.reason === 'revoked')
const hears = async ({ url }: TestNode): Promise<boolean> =>
  (await scrape(url)).value('watchfloor_hears_revocations') === 1

/** Three nodes, on each of which Ann, Bob, and whoever opened what Ann shared, watch a symbol. */
const crowd = async (nodes: readonly TestNode[]) => {
  const ann = await desk.invite('Ann', EVERYTHING)
  const bob = await desk.invite('Bob', EVERYTHING)
  await createFeed(redis.client()).market('ACME', [{ id: 1, t: Date.now(), price: 1, size: 1 }])
  const wanted = { show: { kind: 'symbol', symbol: 'ACME' }, until: Date.now() + 600_000 }
  const [first] = nodes as [TestNode]
  const shared = await desk.ask<ShareReply>(first, '/shares', ann.token, wanted)
  expect(shared).toMatchObject({ status: 200, reply: { share: { by: 'ann', opened: 0, revoked: false } } })
  const on = async (node: TestNode) => {
    const seat = (await desk.open(node, shared.reply.link)).reply.bearer ?? ''
    const [own, other, share] = await Promise.all([ann.token, bob.token, seat].map((token) => desk.join(node, token)))
    for (const client of [own, other, share])
      expect(await client?.watchTopics('s:ACME')).toMatchObject({ results: [{ kind: 'snapshot' }] })
    return { node, seat, own, other, share } as {
      node: TestNode
      seat: string
      own: TestClient
      other: TestClient
      share: TestClient
    }
  }
  return { ann, bob, link: shared.reply.link, share: shared.reply.share, places: await Promise.all(nodes.map(on)) }
}

test('a person who is taken back is cut on every node, with what they shared; nobody else is', async () => {
  const nodes = await Promise.all([desk.start(), desk.start(), desk.start()])
  const { ann, bob, link, share, places } = await crowd(nodes)
  const [first, , last] = places as [(typeof places)[0], (typeof places)[0], (typeof places)[0]]
  const history = '/symbols/ACME/candles'
  expect((await desk.ask(last.node, history, ann.token)).status).toBe(200)
  expect((await desk.ask(first.node, '/revoke', bob.token, { person: 'ann' })).status).toBe(200)
  for (const { own, share: page } of places) {
    await eventually('ann is cut', () => isCut(own))
    await eventually('whoever opened her link is cut', () => isCut(page))
  }
  for (const { node, other, seat } of places) {
    expect(other.socket.connected).toBe(true)
    expect((await desk.ask(node, history, bob.token)).status).toBe(200)
    for (const token of [ann.token, seat]) expect((await desk.ask(node, history, token)).status).toBe(401)
    await expect(desk.join(node, ann.token)).rejects.toThrow('Sign in first')
    expect((await desk.open(node, link)).status).toBe(401)
  }
  expect(await desk.store.share(share.id)).toMatchObject({ revoked: true, opened: 3 })
  const told = nodes.flatMap((node) => [...node.output().matchAll(/"lateMs":(\d+)/g)].map(([, ms]) => Number(ms)))
  expect(told.length).toBeGreaterThanOrEqual(nodes.length)
})

test('a share that is taken back is cut everywhere, and its maker stays', async () => {
  const nodes = await Promise.all([desk.start(), desk.start()])
  const { ann, share, places } = await crowd(nodes)
  expect((await desk.ask(nodes[0] as TestNode, '/revoke', ann.token, { share: share.id })).status).toBe(200)
  for (const { own, share: page } of places) {
    await eventually('it is cut', () => isCut(page))
    expect(own.socket.connected).toBe(true)
  }
})

test('a share ends on every node once its device arrives', async () => {
  const nodes = await Promise.all([desk.start(), desk.start()])
  const { token } = await desk.invite('Ann', EVERYTHING)
  const feed = createFeed(redis.client())
  let n = 0
  const fix = (lat: number, t: number) => feed.fix({ id: 'VAN-7', n: ++n, t, lat, lon: 10 })
  await fix(20, Date.now() - 3_600_000)
  const ends = { west: 9, east: 11, south: 20.4, north: 20.6 }
  const wanted = { show: { kind: 'device', device: 'VAN-7' }, until: Date.now() + 600_000, ends }
  const { reply } = await desk.ask<ShareReply>(nodes[0] as TestNode, '/shares', token, wanted)
  const pages: TestClient[] = []
  for (const node of nodes) {
    const page = await desk.join(node, (await desk.open(node, reply.link)).reply.bearer ?? '')
    expect(await page.watchTopics('d:VAN-7')).toMatchObject({ results: [{ kind: 'snapshot' }] })
    expect(await page.watchTopics('d:VAN-8')).toMatchObject({ results: [{ error: { code: 'not_allowed' } }] })
    pages.push(page)
  }
  await fix(20.5, Date.now())
  for (const page of pages) await eventually('it is cut', () => isCut(page))
  const line = { who: 'the floor', what: 'revoked', about: expect.stringContaining('VAN-7 has arrived') }
  expect((await desk.store.records(null, 10))[0]).toMatchObject(line)
})

test.skipIf(MODE !== 'single')(
  'a node that is cut off lets nobody in, and cuts whoever is out once it is back',
  async () => {
    const proxy: RedisProxy = await startProxy(redis.url)
    try {
      const nodes = [await desk.start(), await desk.start(), await desk.start(proxy.url)]
      const [one, , away] = nodes as [TestNode, TestNode, TestNode]
      const { ann, bob, link, places } = await crowd(nodes)
      const [here, there, cut] = places as [(typeof places)[0], (typeof places)[0], (typeof places)[0]]
      proxy.cut()
      await eventually('it knows that it hears nothing', async () => !(await hears(away)))
      expect((await desk.ask(one, '/revoke', bob.token, { person: 'ann' })).status).toBe(200)
      for (const { own, share } of [here, there])
        for (const client of [own, share]) await eventually('they are cut', () => isCut(client))
      for (const client of [cut.own, cut.share, cut.other]) expect(client.socket.connected).toBe(true)
      for (const { token } of [ann, bob]) {
        await expect(desk.join(away, token)).rejects.toThrow('Revocations cannot be heard right now')
        const { status, reply } = await desk.ask<ErrorReply>(away, '/symbols/ACME/candles', token)
        expect([status, reply.error.code]).toEqual([503, 'unavailable'])
      }
      expect((await desk.open(away, link)).status).toBe(503)
      proxy.heal()
      for (const client of [cut.own, cut.share]) await eventually('they are cut there, too', () => isCut(client))
      expect(cut.other.socket.connected).toBe(true)
      await eventually('it lets people in again', async () => (await hears(away)) && (await desk.join(away, bob.token)))
      await expect(desk.join(away, ann.token)).rejects.toThrow('Sign in first')
    } finally {
      await proxy.close()
    }
  },
)
