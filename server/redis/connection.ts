import { Redis, type RedisOptions } from 'ioredis'
import type { Logger } from 'pino'
import type { RedisAddress } from '../../redis/address.ts'
import type { Faults } from '../faults.ts'

/** ioredis's settings, less one whose type does not mix. */
export type Options = Omit<RedisOptions, 'replyMapping'>

const RECONNECT_FIRST_MS = 50
const RECONNECT_MOST_MS = 500

/** When to try again after so many tries, in milliseconds: soon, then more slowly, and never all at the same moment. */
export const reconnectDelay = (times: number): number =>
  Math.min(RECONNECT_FIRST_MS * 2 ** times, RECONNECT_MOST_MS) * (0.5 + Math.random() / 2)

/** Who we are, to servers that hold data. */
export const credentialsOf = ({ username, password, tls }: RedisAddress): Options => ({
  ...(username !== undefined && { username }),
  ...(password !== undefined && { password }),
  ...(tls && { tls: {} }),
})

/**
 * What all connections of a node have in common: while one is down, commands fail at once instead of waiting, and a command that
 * is not answered in two seconds fails. A server that hangs does not answer a farewell either: it is not waited for.
 */
export const patience = {
  lazyConnect: true,
  autoResubscribe: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  connectTimeout: 2000,
  commandTimeout: 2000,
  disconnectTimeout: 100,
} as const satisfies Options

/** ioredis says this also where it has only come round to the first sentinel again; it is true where it tells of an error. */
const COME_ROUND = /^All sentinels are unreachable(?!.*Last error)/

/** One connection that reconnects for ever. An outage is logged once, and its end. */
export const connect = (options: Options, name: string, log: Logger, faults: Faults): Redis => {
  const redis = new Redis({
    ...patience,
    enableOfflineQueue: false,
    retryStrategy: reconnectDelay,
    connectionName: `watchfloor-${name}`,
    ...options,
  })
  let told = false
  const lost = (reason: Error): void => {
    if (told || COME_ROUND.test(reason.message)) return
    told = true
    log.warn({ connection: name, reason: String(reason) }, 'Redis connection lost; reconnecting')
  }
  const back = (): void => {
    if (told) log.info({ connection: name }, 'Redis connection is back')
    told = false
  }
  redis.on('error', faults.guard('redis.event', lost))
  redis.on('ready', faults.guard('redis.event', back))
  return redis
}

/** Whether Redis itself said this: it answers then, though not what was hoped for (LOADING, MASTERDOWN, CLUSTERDOWN, NOPERM). */
export const isAnswer = (error: unknown): boolean => (error as Error | undefined)?.name === 'ReplyError'

/** Throws where a server is older than 7.0, the first with functions and sharded channels. Valkey says 7.2 or later there too. */
export const requireVersion = async (redis: Redis): Promise<void> => {
  const info = await redis.info('server')
  const version = /redis_version:(\d+)\.(\d+)\S*/.exec(info)
  if (Number(version?.[1] ?? 0) < 7)
    throw new Error(
      `This Redis is ${version?.[0]?.slice(14) ?? 'of an unknown version'}; Watchfloor needs 7.0 or later.`,
    )
}
