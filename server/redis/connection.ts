import { Redis } from 'ioredis'
import type { Logger } from 'pino'

const RECONNECT_MOST_MS = 1000

/**
 * One connection. It reconnects for ever, with jitter; while it is down, commands fail at once instead of waiting, and a
 * command that is not answered in two seconds fails. An outage is logged once, and its end.
 */
export const connect = (url: string, name: string, log: Logger): Redis => {
  const redis = new Redis(url, {
    connectionName: `watchfloor-${name}`,
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResubscribe: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 2000,
    commandTimeout: 2000,
    retryStrategy: (times: number) => Math.min(50 * 2 ** times, RECONNECT_MOST_MS) * (0.5 + Math.random() / 2),
  })
  let told = false
  const tell = (reason: unknown): void => {
    if (told) return
    told = true
    log.warn({ connection: name, reason: String(reason) }, 'Redis connection lost; reconnecting')
  }
  redis.on('error', tell)
  redis.on('ready', () => {
    if (told) log.info({ connection: name }, 'Redis connection is back')
    told = false
  })
  return redis
}

/** Connects for the first time; throws, with the remedy, where there is no usable Redis. */
export const connectFirst = async (redis: Redis, url: string): Promise<void> => {
  try {
    await redis.connect()
  } catch (error) {
    redis.disconnect()
    throw new Error(
      `No Redis answers at ${withoutPassword(url)} (${(error as Error).message}). Start one, or name another with REDIS_URL.`,
    )
  }
}

/** Throws where the server is older than 7.0, the first with functions. Valkey says 7.2 or later there too. */
export const requireVersion = async (redis: Redis): Promise<void> => {
  const info = await redis.info('server')
  const version = /redis_version:(\d+)\.(\d+)\S*/.exec(info)
  if (Number(version?.[1] ?? 0) < 7)
    throw new Error(
      `This Redis is ${version?.[0]?.slice(14) ?? 'of an unknown version'}; Watchfloor needs 7.0 or later.`,
    )
}

const withoutPassword = (url: string): string => url.replace(/\/\/[^@/]*@/, '//')
