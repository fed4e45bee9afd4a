import { afterAll, beforeAll, expect, it } from 'vitest'
import type { MessagesReply, RoomsReply } from '../../../wire/rooms.ts'
import { eventually } from '../../support/eventually.ts'
import { scrape } from '../../support/metrics.ts'
import { startNode, type TestNode } from '../../support/node.ts'
import { startRedis, type TestRedis } from '../../support/redis.ts'
import { signIn } from '../../support/talkers/sign-in.ts'
import { openTalker, ROOM, type Talker } from '../../support/talkers/talker.ts'

let redis: TestRedis
let one: TestNode
let two: TestNode
const talkers: Talker[] = []

beforeAll(async () => {
  redis = await startRedis()
  const start = (name: string): Promise<TestNode> => startNode({ redisUrl: redis.url, env: { NODE_NAME: name } })
  ;[one, two] = await Promise.all([start('one'), start('two')])
})
afterAll(async () => {
  for (const talker of talkers) talker.close()
  await Promise.all([one?.kill(), two?.kill()])
  await redis?.stop()
})

/** Somebody who comes to the first of these nodes, and to the next where that is gone. */
const comes = async (name: string, ...nodes: TestNode[]): Promise<Talker> => {
  const cookie = await signIn((nodes[0] as TestNode).url, name)
  const talker = openTalker({ urls: nodes.map(({ url }) => url), cookie, name, first: 0 })
  talkers.push(talker)
  await eventually(`${name} is there`, () => talker.isConnected() && talker.here.has(name))
  return talker
}
const has = (talker: Talker, text: string): boolean => [...talker.messages.values()].includes(text)
const get = async <T>(path: string, headers = {}): Promise<{ status: number; body: T }> => {
  const response = await fetch(`${one.url}/api${path}`, { headers })
  return { status: response.status, body: (await response.json()) as T }
}

it('people on two nodes talk, and see each other', async () => {
  const [ann, bob] = [await comes('ann', one), await comes('bob', two)]
  ann.say('hello')
  await eventually('he hears', () => has(bob, 'hello'))
  bob.say('hi')
  await eventually('she hears', () => has(ann, 'hi'))
  for (const talker of [ann, bob])
    await eventually('both are seen', () => talker.here.has('ann') && talker.here.has('bob'))
  expect((await scrape(one.url)).value('watchfloor_people')).toBe(1)
  expect((await scrape(one.url)).value('watchfloor_messages_total', { said: 'new' })).toBe(1)
})

it('who comes back to another node has missed nothing, and hears nothing twice', async () => {
  const [ann, roamer] = [talkers[0] as Talker, await comes('roamer', two, one)]
  for (let i = 0; i < 10; i++) {
    ann.say(`before ${i}`)
    roamer.say(`on the way ${i}`)
    if (i % 3 === 1) roamer.drop()
  }
  await eventually('all is said', () => ann.unsaid() + roamer.unsaid() === 0)
  ann.say('last')
  await eventually('both have it all', () => has(ann, 'last') && has(roamer, 'last'))
  for (let i = 0; i < 10; i++) expect(has(roamer, `before ${i}`) && has(ann, `on the way ${i}`)).toBe(true)
  await roamer.fill(one.url)
  await ann.fill(one.url)
  expect([...roamer.messages].sort(([a], [b]) => a - b)).toEqual([...ann.messages].sort(([a], [b]) => a - b))
  expect([ann.faults, roamer.faults]).toEqual([[], []])
  const texts = [...ann.messages.values()]
  expect(new Set(texts).size).toBe(texts.length)
})

it('lists rooms, and gives messages by page, to those who may read them', async () => {
  const { body } = await get<RoomsReply>('/rooms')
  expect(body.rooms).toMatchObject([{ room: ROOM, count: 23, last: { text: 'last', by: { id: 'ann', name: 'ann' } } }])
  const room = `/rooms/${encodeURIComponent(ROOM)}/messages`
  const page = async (query: string) => (await get<MessagesReply>(`${room}?${query}`)).body
  expect((await page('limit=5')).messages.map(({ n }) => n)).toEqual([19, 20, 21, 22, 23])
  expect((await page('limit=5&before=3')).messages.map(({ n }) => n)).toEqual([1, 2])
  expect(await page('limit=1&before=1')).toEqual({ room: ROOM, messages: [], first: 1 })
  expect((await get('/rooms/m%3Anobody/messages')).body).toEqual({ room: 'm:nobody', messages: [], first: 1 })
  for (const query of ['limit=0', 'limit=201', 'before=0', 'before=x'])
    expect(await get(`${room}?${query}`)).toMatchObject({ status: 400, body: { error: { code: 'bad_request' } } })
  for (const name of ['desk', 's%3AAAPL', 'm%3A', 'm%3A%7B'])
    expect(await get(`/rooms/${name}/messages`)).toMatchObject({ status: 400, body: { error: { code: 'bad_topic' } } })
})

it('nobody is seen to go while a node restarts in order, and whose node is killed goes', async () => {
  const watcher = talkers[0] as Talker
  const moving = await comes('mover', two, one)
  const gone = watcher.gone.length
  const { port } = two
  await two.stop()
  await eventually('they are on the other node', () => moving.isConnected())
  two = await startNode({ redisUrl: redis.url, port, env: { NODE_NAME: 'two' } })
  const lost = await comes('lost', two)
  await eventually('they are seen', () => watcher.here.has('lost') && watcher.here.has('mover'))
  expect(watcher.gone.slice(gone)).toEqual([])
  await two.kill()
  await eventually('they are gone', () => !watcher.here.has('lost'))
  expect(watcher.here.has('mover')).toBe(true)
  expect(lost.isConnected()).toBe(false)
})
