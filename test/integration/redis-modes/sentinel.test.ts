import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { pino } from 'pino'
import { expect, it } from 'vitest'
import { connectAnew } from '../../../redis/connect-anew.ts'
import { openDeployment } from '../../../server/redis/open.ts'
import { eventually } from '../../support/eventually.ts'
import { noFaults } from '../../support/faults.ts'
import type { Member } from '../../support/redis-member.ts'
import { startSentinelRedis } from '../../support/redis-sentinel.ts'
import { forThisFile, inRoom, readyz } from './floor.ts'

const held = forThisFile(startSentinelRedis)
const SYMBOLS = ['AAPL', 'MSFT', 'TSLA']

/** Resolves the moment that another server says it is the primary. */
const promoted = (old: Member): Promise<Member> =>
  eventually('a replica is promoted', async () => {
    for (const member of held.redis.members)
      if (member !== old && (await member.ask('ROLE')).includes('master\r\n')) return member
  })

/** Waits until a server that was away follows the primary. */
const follows = (member: Member): Promise<boolean> =>
  eventually('it follows', async () => (await member.ask('INFO replication')).includes('master_link_status:up'))

it('a primary is killed: the node follows its successor, with the library and all it was subscribed to', () =>
  inRoom(held.redis, SYMBOLS, async ({ node, client, publish, heard, lines }) => {
    const old = await held.redis.primary()
    await old.kill()
    await eventually('clients are told', () => client.notices.some(({ kind }) => kind === 'redis_down'))
    await promoted(old)
    await eventually('the node is ready', async () => (await readyz(node)) === 200)
    await heard(await publish())
    expect(client.notices.map(({ kind }) => kind)).toEqual(['redis_down', 'redis_up'])
    expect(client.socket.connected).toBe(true)
    await old.restart()
    await follows(old)
    await heard(await publish())
    expect(client.notices).toHaveLength(2)
    expect(lines().length).toBeLessThan(20)
  }))

it('a primary hangs: noticed, left for its successor, and not gone back to when it wakes', () =>
  inRoom(held.redis, SYMBOLS, async ({ node, client, publish, heard, lines }) => {
    const old = await held.redis.primary()
    old.pause()
    await eventually('clients are told', () => client.notices.some(({ kind }) => kind === 'redis_down'))
    await promoted(old)
    await eventually('the node is ready', async () => (await readyz(node)) === 200)
    old.resume()
    await follows(old)
    await heard(await publish(SYMBOLS))
    expect(client.notices.map(({ kind }) => kind)).toEqual(['redis_down', 'redis_up'])
    expect(lines().length).toBeLessThan(20)
  }))

it('the sentinels die: the node goes on, and says it once for each', () =>
  inRoom(held.redis, SYMBOLS, async ({ node, client, publish, heard, lines }) => {
    for (const sentinel of held.redis.sentinels) await sentinel.kill()
    await sleep(3000)
    await heard(await publish())
    expect(await readyz(node)).toBe(200)
    expect(client.notices).toEqual([])
    expect(lines().filter((line) => line.includes('sentinel-'))).toHaveLength(held.redis.sentinels.length)
    for (const sentinel of held.redis.sentinels) await sentinel.restart()
  }))

it('a connection that looks for the primary is left alone when it is told once more of a failover, and found again after', async () => {
  const deployment = openDeployment(held.redis.url, pino({ level: 'silent' }), noFaults)
  const redis = deployment.command as Redis
  try {
    const connected = redis.connect()
    expect(redis.status).toBe('connecting')
    connectAnew(redis)
    await connected
    connectAnew(redis)
    await eventually('it is gone', async () => redis.status !== 'ready')
    connectAnew(redis)
    await eventually('it is back', async () => redis.status === 'ready')
  } finally {
    deployment.close()
  }
})
