import { existsSync } from 'node:fs'
import { afterEach, expect, it } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { hearChannel, sayOnChannel } from '../support/redis-channel.ts'
import { type ClusterRedis, startClusterRedis } from '../support/redis-cluster.ts'
import type { Member } from '../support/redis-member.ts'
import { type SentinelRedis, startSentinelRedis } from '../support/redis-sentinel.ts'

/** What tests rely on: that the deployments they start are real ones, which do what Redis's manual says. */

let running: SentinelRedis | ClusterRedis | null = null
afterEach(async () => {
  await running?.stop()
  running = null
})

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
const follows = async (member: Member): Promise<boolean> =>
  (await member.ask('INFO replication')).includes('master_link_status:up')
const written = async (members: readonly Member[]): Promise<void> => {
  await Promise.all(members.map((member) => member.ask('WAIT 1 1000')))
}

it('sentinels replace a primary that is killed; it comes back as a replica', async () => {
  const redis = await startSentinelRedis()
  running = redis
  const client = redis.client()
  await client.set('a', '1')
  const [first] = redis.members as [Member]
  expect(await redis.primary()).toBe(first)
  await first.kill()
  expect(first.isRunning()).toBe(false)
  const second = await eventually('another primary', async () => {
    const primary = await redis.primary()
    return primary !== first && primary
  })
  expect(redis.members).toContain(second)
  expect(await client.get('a')).toBe('1')
  await client.set('b', '2')
  await first.restart()
  await eventually('it follows', () => follows(first))
})

it('a member of a cluster that is killed is replaced by its replica, and follows it when it comes back', async () => {
  const redis = await startClusterRedis()
  running = redis
  const client = redis.client()
  await client.set('a', '1')
  await written(redis.members)
  const first = await redis.primaryOf('a')
  const replica = redis.members[redis.members.indexOf(first) + 3]
  await first.kill()
  await expect(redis.primaryOf('a')).rejects.toThrow('nobody serves a')
  await eventually('its replica serves', async () => (await redis.primaryOf('a')) === replica)
  expect(await redis.primaries()).toHaveLength(3)
  expect(await client.get('a')).toBe('1')
  await first.restart()
  await eventually('it follows', () => follows(first))
  expect(await redis.primaryOf('a')).toBe(replica)
})

it('a slot moves with all its keys while it is written to; every server and client is told', async () => {
  const redis = await startClusterRedis()
  running = redis
  const client = redis.client()
  const heard: string[] = []
  await hearChannel(redis.client(), '{x}', (text) => heard.push(text))
  const keys = Array.from({ length: 100 }, (_, i) => `{x}${i}`)
  for (const key of keys) await client.set(key, '0')
  const from = await redis.primaryOf('{x}')
  const [to] = (await redis.primaries()).filter((primary) => primary !== from) as [Member]
  let moving = true
  let writes = 0
  const write = async (): Promise<void> => {
    while (moving) await client.incr(keys[writes++ % keys.length] as string)
  }
  const writing = write()
  await redis.moveSlot(await redis.slotOf('{x}'), to).finally(() => {
    moving = false
    return writing
  })
  expect(await redis.primaryOf('{x}')).toBe(to)
  expect(await from.ask(`CLUSTER COUNTKEYSINSLOT ${await redis.slotOf('{x}')}`)).toBe(':0\r\n')
  const counts = await Promise.all(keys.map((key) => client.get(key)))
  expect(counts.reduce((sum, count) => sum + Number(count), 0)).toBe(writes)
  await eventually('the channel has moved too', async () => {
    await sayOnChannel(client, '{x}', 'hello')
    return heard.includes('hello')
  })
})

it.each([
  ['sentinel', startSentinelRedis],
  ['cluster', startClusterRedis],
] as const)('nothing of a %s deployment is left when it is stopped, whatever its state', async (_, start) => {
  const redis: SentinelRedis | ClusterRedis = await start()
  const all = [...redis.members, ...(redis.mode === 'sentinel' ? redis.sentinels : [])]
  const [one, two] = all as [Member, Member]
  const folder = /dir\r\n\$\d+\r\n(.*)\/[\w-]+\r\n/.exec(await two.ask('CONFIG GET dir'))?.[1] ?? ''
  expect(existsSync(folder)).toBe(true)
  await one.kill()
  two.pause()
  await redis.stop()
  expect(all.filter((member) => isAlive(member.pid()))).toEqual([])
  expect(existsSync(folder)).toBe(false)
})

it.each([
  ['sentinel', startSentinelRedis],
  ['cluster', startClusterRedis],
] as const)('a %s deployment that cannot start says why', async (_, start) => {
  await expect(start(['no-such-setting yes'])).rejects.toThrow(/did not start .*no-such-setting/s)
})
