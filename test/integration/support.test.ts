import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { type SingleRedis, startSingleRedis } from '../support/redis.ts'

let redis: SingleRedis
beforeAll(async () => {
  redis = await startSingleRedis()
})
afterAll(() => redis.stop())

it('a Redis for tests comes back at its address with its data, after an end in order and after a crash', async () => {
  const client = redis.client()
  await client.set('a', '1')
  await redis.halt()
  await redis.restart()
  expect(await client.get('a')).toBe('1')
  await client.set('b', '2')
  await sleep(1500) // it syncs once a second
  await redis.kill()
  await redis.restart()
  expect(await client.mget('a', 'b')).toEqual(['1', '2'])
})

it('a Redis for tests can hang: its connections stay, nothing answers', async () => {
  const client = redis.client()
  await client.ping()
  await redis.pause()
  const ping = client.ping()
  expect(await Promise.race([ping, sleep(300, 'silence')])).toBe('silence')
  expect(client.status).toBe('ready')
  await redis.resume()
  expect(await eventually('it answers', () => ping)).toBe('PONG')
})
