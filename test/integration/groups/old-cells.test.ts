import { readFileSync } from 'node:fs'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { describeDevice, leaveCell, placeInCell, publishFixes } from '../../../wire/calls.ts'
import { cellOf, quadkeyOf } from '../../../wire/cells.ts'
import type { CellSnapshot, Fix } from '../../../wire/fleet.ts'
import { deviceTopic, topicKey } from '../../../wire/topics.ts'
import { connectClient } from '../../support/client.ts'
import { ROOT } from '../../support/environment.ts'
import { eventually } from '../../support/eventually.ts'
import { createFeed } from '../../support/feed.ts'
import { startNode, type TestNode } from '../../support/node.ts'
import { MODE, startRedis, type TestRedis } from '../../support/redis.ts'
import { emptyEverywhere, everyPrimary, keysEverywhere } from '../../support/redis-everywhere.ts'

/** The function library before there were groups, as it was. */
const REVISION_3 = readFileSync(`${ROOT}/test/data/library/revision-3.lua`, 'utf8')
  .replaceAll('@PUBLISH', MODE === 'cluster' ? 'SPUBLISH' : 'PUBLISH')
  .replaceAll('@REVISION', '3')

const BOUNDS = { west: -97.76, south: 30.2, east: -97.74, north: 30.32 }
const FIXES: Fix[] = Array.from({ length: 30 }, (_, i) => ({
  id: `OLD-${i}`,
  n: 1,
  t: Date.now() - 3_600_000,
  lat: 30.22 + i * 0.003,
  lon: -97.75,
}))

let redis: TestRedis
let nodes: TestNode[] = []
beforeEach(async () => {
  redis ??= await startRedis()
  await emptyEverywhere(redis.client())
})
afterEach(async () => {
  await Promise.all(nodes.map((node) => node.stop()))
  nodes = []
})
afterAll(() => redis?.stop())

const call = ({ name, keys, args }: ReturnType<typeof placeInCell>): Promise<unknown> =>
  redis.client().call('FCALL', name, keys.length, ...keys, ...args)

/** A fleet as an older node and its feed left it. */
const writeOld = async (): Promise<void> => {
  for (const primary of await everyPrimary(redis.client()))
    await primary.call('FUNCTION', 'LOAD', 'REPLACE', REVISION_3)
  for (const fix of FIXES) {
    const [, , , , text = '', cell = ''] = (await call(publishFixes(fix.id, [fix]))) as string[]
    expect(cell).toBe(quadkeyOf(fix.lat, fix.lon))
    await call(placeInCell(cell, [text]))
  }
}
const oldKeys = async (): Promise<string[]> =>
  (await keysEverywhere(redis.client(), 'wf:{c:*')).filter((key) => !key.includes('/'))

const start = async (): Promise<TestNode> => {
  const node = await startNode({ redisUrl: redis.url, env: { LOG_LEVEL: 'info' } })
  nodes.push(node)
  return node
}
const devicesIn = async (node: TestNode): Promise<string[]> => {
  const client = await connectClient(node.url)
  const reply = await client.watch({ view: { bounds: BOUNDS } })
  client.close()
  if ('error' in reply) throw new Error(reply.error.message)
  return reply.results
    .flatMap((result) => (result.kind === 'snapshot' ? (result.snapshot as CellSnapshot).fixes : []))
    .map(({ id }) => id)
    .sort()
}

test('devices in cells without a group are in those of the group other once a node has started, and it says so', async () => {
  await writeOld()
  expect((await oldKeys()).length).toBeGreaterThan(2)
  const [one] = await Promise.all([start(), start()])
  await eventually('the old cells are empty', async () => (await oldKeys()).length === 0)
  await eventually('a log of it', () => nodes.some((node) => node.output().includes('"devices":30')))
  expect(await devicesIn(one)).toEqual(FIXES.map(({ id }) => id).sort())
  expect(await keysEverywhere(redis.client(), 'wf:{c:other/*}:fix')).toHaveLength(
    new Set(FIXES.map(({ lat, lon }) => quadkeyOf(lat, lon))).size,
  )
  const [first] = FIXES as [Fix]
  expect(await redis.client().hget(topicKey(deviceTopic(first.id)), 'cell')).toBe(cellOf(first.lat, first.lon))
})

test('a device goes on from there: no feed is told to leave a cell that is no more', async () => {
  await writeOld()
  await start()
  await eventually('the old cells are empty', async () => (await oldKeys()).length === 0)
  const [{ id, lat, lon, t }] = FIXES as [Fix]
  const feed = createFeed(redis.client())
  const near = (await feed.device(id, [{ id, n: 2, t: t + 1000, lat, lon }])) as string[]
  expect(near.slice(5)).toEqual([cellOf(lat, lon), ''])
  const far = (await feed.device(id, [{ id, n: 3, t: t + 3_000_000, lat: lat - 0.05, lon }])) as string[]
  expect(far.slice(5)).toEqual([cellOf(lat - 0.05, lon), cellOf(lat, lon)])
})

test('a device of an old cell can be put into a group', async () => {
  await writeOld()
  const node = await start()
  await eventually('the old cells are empty', async () => (await oldKeys()).length === 0)
  const [, second] = FIXES as [Fix, Fix]
  const reply = (await call(describeDevice(second.id, { group: 'buses' }))) as string[]
  const [, , , , text = '', cell = '', from = ''] = reply
  expect([cell, from]).toEqual([cellOf(second.lat, second.lon, 'buses'), cellOf(second.lat, second.lon)])
  await call(placeInCell(cell, [text]))
  expect(await call(leaveCell(from, second.id, second.t, second.n, cell))).toMatchObject({ 2: 1 })
  expect(await devicesIn(node)).not.toContain(second.id) // the group is in no list
})
