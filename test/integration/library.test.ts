import type { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { callFunction } from '../../redis/call.ts'
import { installLibrary, LIBRARY_REVISION, librarySource } from '../../server/redis/library.ts'
import { publishMarket } from '../../wire/calls.ts'
import { eventually } from '../support/eventually.ts'
import { type SingleRedis, startSingleRedis } from '../support/redis.ts'

let server: SingleRedis
let redis: Redis
beforeAll(async () => {
  server = await startSingleRedis()
  redis = server.client()
})
afterAll(() => server.stop())
beforeEach(async () => {
  await redis.call('FUNCTION', 'FLUSH', 'SYNC')
})

const revision = (): Promise<unknown> => redis.call('FCALL_RO', 'wf1_revision', '0')

/** Puts in this library as if it were of another revision. */
const load = async (other: number): Promise<void> => {
  const source = librarySource('PUBLISH')
  const changed = source.replace(`return ${LIBRARY_REVISION} end)`, `return ${other} end)`)
  if (other !== LIBRARY_REVISION) expect(changed).not.toBe(source)
  await redis.call('FUNCTION', 'LOAD', 'REPLACE', changed)
}

test('a Redis without the library gets it, once', async () => {
  expect(await installLibrary(redis)).toBe(true)
  expect(await revision()).toBe(LIBRARY_REVISION)
  expect(await installLibrary(redis)).toBe(false)
})

test('an older revision is replaced', async () => {
  await load(LIBRARY_REVISION - 1)
  expect(await revision()).toBe(LIBRARY_REVISION - 1)
  expect(await installLibrary(redis)).toBe(true)
  expect(await revision()).toBe(LIBRARY_REVISION)
})

test('a newer revision is left alone', async () => {
  await load(LIBRARY_REVISION + 1)
  expect(await installLibrary(redis)).toBe(false)
  expect(await revision()).toBe(LIBRARY_REVISION + 1)
})

test('nodes that start at once all find it there', async () => {
  const nodes = Array.from({ length: 5 }, () => server.client())
  await Promise.all(nodes.map((node) => installLibrary(node)))
  expect(await revision()).toBe(LIBRARY_REVISION)
})

test('an error other than a missing library is not taken for one', async () => {
  const stranger = server.client()
  await stranger.call('ACL', 'SETUSER', 'nobody', 'on', 'nopass', '~*', '+@all', '-fcall_ro')
  await stranger.auth('nobody', 'x')
  await expect(installLibrary(stranger)).rejects.toThrow(/NOPERM/)
})

test('it publishes by the command that it was asked for', async () => {
  await installLibrary(redis, 'SPUBLISH')
  const ear = server.client()
  const heard: string[] = []
  for (const event of ['message', 'smessage']) ear.on(event, () => heard.push(event))
  await ear.subscribe('wf:{s:A}')
  await ear.ssubscribe('wf:{s:A}')
  await callFunction(redis, publishMarket('A', [{ id: 1, t: Date.now(), price: 1, size: 1 }], []))
  await eventually('a message', () => heard.length > 0)
  expect(heard).toEqual(['smessage'])
})

test('readers may be called as read-only, writers not', async () => {
  await installLibrary(redis)
  await expect(redis.call('FCALL_RO', 'wf1_market', 3, 'wf:{s:B}', 'wf:{s:B}:log', 'wf:{s:B}:1m')).rejects.toThrow(
    /write/,
  )
  expect(await redis.call('FCALL_RO', 'wf1_read_symbol', 3, 'wf:{s:B}', 'wf:{s:B}:log', 'wf:{s:B}:1m', '', '')).toEqual(
    ['missing'],
  )
})
