import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import type { AddressOf, RedisHost } from '../../redis/address.ts'
import { leadTo } from '../../redis/connect-anew.ts'
import { sentinelReason } from '../../redis/errors.ts'
import { watchFailovers } from '../../redis/failovers.ts'
import { type Options, optionsOf } from '../../redis/options.ts'
import type { Faults } from '../faults.ts'
import { connect } from './connection.ts'
import type { Commands, Deployment } from './deployment.ts'
import { onOnePrimary } from './single.ts'

/**
 * A sentinel that hangs, or whose machine is gone with the primary's, is not waited for long: the next one is asked.
 */
const SENTINEL_ANSWERS_MS = 500
const CONNECTS_MS = 1000

const askingOptions: Options = {
  sentinelCommandTimeout: SENTINEL_ANSWERS_MS,
  connectTimeout: CONNECTS_MS,
  // ioredis comes here after every so many connects too: it takes the sentinels in turn, and then says that it asked
  // all of them in vain.
  sentinelRetryStrategy: () => 50 + Math.random() * 100,
  // A primary that was made a replica: ask the sentinels again.
  reconnectOnError: (error) => error.message.startsWith('READONLY'),
}

/**
 * A primary that Sentinels know and replace. ioredis asks them at every connect; that it was replaced is heard here.
 */
export const openSentinel = (address: AddressOf<'sentinel'>, log: Logger, faults: Faults): Deployment => {
  const deployment = onOnePrimary({ ...optionsOf(address), ...askingOptions }, log, faults)
  const followers = new Set<Redis>([deployment.command as Redis])
  let stopWatching = (): void => {}
  const follow = (redis: Redis): Redis => {
    followers.add(redis)
    redis.once(
      'end',
      faults.guard('redis.event', () => followers.delete(redis)),
    )
    return redis
  }
  const open = (options: Options, name: string): Redis => connect(options, name, log, faults)
  const switched = (primary: RedisHost): void => {
    for (const redis of followers) void leadTo(redis, primary)
  }
  return {
    ...deployment,
    connect: async () => {
      stopWatching = watchFailovers(address, open, faults.guard('redis.event', switched))
      await Promise.race([deployment.connect(), askedInVain(deployment.command)])
    },
    line: (primary) => follow(deployment.line(primary)),
    control: () => {
      const connection = deployment.control()
      return connection && follow(connection)
    },
    check: async (redis) => {
      const [role] = await redis.role()
      if (role !== 'master') throw new Error('This server is not the primary any more')
    },
    close: () => {
      stopWatching()
      deployment.close()
    },
  }
}

/**
 * ioredis asks the sentinels for ever. Rejects once all were asked in vain for the first time, with what the last one
 * said.
 */
const askedInVain = (command: Commands): Promise<never> =>
  new Promise((_, reject) => {
    command.once('error', (error) => reject(new Error(sentinelReason(error))))
  })
