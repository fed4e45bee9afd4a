import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import type { RedisAddress } from '../../redis/address.ts'
import { connectAnew } from '../../redis/connect-anew.ts'
import type { Faults } from '../faults.ts'
import { connect, credentialsOf, type Options } from './connection.ts'
import type { Commands, Deployment } from './deployment.ts'
import { onOnePrimary } from './single.ts'

type Sentinels = Extract<RedisAddress, { mode: 'sentinel' }>

/** A sentinel that hangs, or whose machine is gone with the primary's, is not waited for long: the next one is asked. */
const SENTINEL_ANSWERS_MS = 500
const CONNECTS_MS = 1000
const SWITCHED = '+switch-master'

const optionsOf = (address: Sentinels): Options => ({
  ...credentialsOf(address),
  ...(address.tls && { enableTLSForSentinelMode: true, sentinelTLS: {} }),
  ...(address.sentinelPassword !== undefined && { sentinelPassword: address.sentinelPassword }),
  sentinels: address.hosts,
  name: address.primary,
  role: 'master',
  sentinelCommandTimeout: SENTINEL_ANSWERS_MS,
  connectTimeout: CONNECTS_MS,
  // ioredis comes here after every so many connects too: it takes the sentinels in turn, and says it asked all of them in vain.
  sentinelRetryStrategy: () => 50 + Math.random() * 100,
  // A primary that was made a replica: ask the sentinels again.
  reconnectOnError: (error) => error.message.startsWith('READONLY'),
})

/**
 * A primary that Sentinels know and replace. ioredis asks them at every connect; that a primary was replaced is heard here, for the old
 * one may hang with its connections open. (ioredis's own `failoverDetector` connects to every sentinel from every connection and gives
 * those no error handler: a dead sentinel then fills the log.)
 */
export const openSentinel = (address: Sentinels, log: Logger, faults: Faults): Deployment => {
  const deployment = onOnePrimary(optionsOf(address), log, faults)
  const followers = new Set<Redis>([deployment.command as Redis])
  const follow = (redis: Redis): Redis => {
    followers.add(redis)
    redis.once(
      'end',
      faults.guard('redis.event', () => followers.delete(redis)),
    )
    return redis
  }
  const sentinels = address.hosts.map((host, i) => {
    const own = { ...host, ...(address.tls && { tls: {} }), enableReadyCheck: false }
    const password = address.sentinelPassword
    const sentinel = connect({ ...own, ...(password !== undefined && { password }) }, `sentinel-${i + 1}`, log, faults)
    const anew = (): void => connectAnew(sentinel)
    const ready = (): Promise<unknown> => sentinel.subscribe(SWITCHED).catch(anew)
    const switched = (_channel: string, text: string): void => {
      const [name, host, port] = text.split(' ')
      if (name !== address.primary) return
      for (const redis of followers) {
        if (isAt(redis, host, Number(port))) connectAnew(redis)
        else if (redis.status === 'reconnecting') redis.connect().catch(() => {})
      }
    }
    sentinel.on('ready', faults.guard('redis.event', ready, anew))
    sentinel.on('message', faults.guard('redis.event', switched))
    return sentinel
  })
  return {
    ...deployment,
    connect: async () => {
      for (const sentinel of sentinels) sentinel.connect().catch(() => {})
      await Promise.race([deployment.connect(), askedInVain(deployment.command)])
    },
    line: (place) => follow(deployment.line(place)),
    control: () => {
      const connection = deployment.control()
      return connection && follow(connection)
    },
    check: async (redis) => {
      const [role] = await redis.role()
      if (role !== 'master') throw new Error('This server is not the primary any more')
    },
    close: () => {
      for (const sentinel of sentinels) sentinel.disconnect()
      deployment.close()
    },
  }
}

/** Whether a connection leads to that server; where the sentinels tell host names, the port decides. */
const isAt = ({ stream }: Redis, host: string | undefined, port: number): boolean => {
  const remote = stream && 'remotePort' in stream ? stream : null
  return remote?.remotePort === port && (remote.remoteAddress === host || !/^[\d.:a-f]+$/i.test(host ?? ''))
}

/** ioredis asks the sentinels for ever. Rejects once all were asked in vain for the first time, with what the last one said. */
const askedInVain = (command: Commands): Promise<never> =>
  new Promise((_, reject) => {
    command.once('error', ({ message }) => {
      reject(new Error(/Last error: (.*)$/.exec(message)?.[1] ?? message))
    })
  })
