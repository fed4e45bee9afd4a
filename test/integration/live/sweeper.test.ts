import { afterAll, beforeAll, expect, it } from 'vitest'
import { sweep } from '../../../server/fleet/sweeper.ts'
import { cellTopic, topicPart } from '../../../wire/topics.ts'
import { startRedis, type TestRedis } from '../../support/redis.ts'
import { installEverywhere } from '../../support/redis-everywhere.ts'

let redis: TestRedis
beforeAll(async () => {
  redis = await startRedis()
  await installEverywhere(redis.client())
})
afterAll(() => redis.stop())

it('what a cell holds that cannot be read is told and left, and all else is swept', async () => {
  const client = redis.client()
  const keyOf = (last: string): string => topicPart(cellTopic(`other/${last.padStart(13, '0')}`), 'fix')
  const stray = (id: string): string => JSON.stringify({ id, n: 1, t: Date.now(), lat: 1, lon: 1 })
  await client.hset(keyOf('1'), { A: 'no JSON', B: stray('B'), C: '{"id":"C"}', D: stray('}') })
  await client.set(keyOf('2'), 'no hash')
  await client.hset(keyOf('3'), { 'Ünïcode 🚌': stray('Ünïcode 🚌') })
  const told: string[] = []
  expect(await sweep(client, 1000, (key) => told.push(key))).toBe(2)
  expect(told.sort()).toEqual([keyOf('1'), keyOf('1'), keyOf('2')])
  expect(await client.hkeys(keyOf('1'))).toEqual(['A', 'C', 'D'])
  expect(await client.exists(keyOf('3'))).toBe(0)
})
