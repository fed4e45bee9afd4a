import { Redis } from 'ioredis'
import { Failure } from './failure.ts'
import { isRecentEnough } from './program.ts'

/** The address without its user and password, fit to be shown. */
const shown = (url: string): string => url.replace(/\/\/[^@/]*@/, '//')

/** Makes sure that the Redis of REDIS_URL answers and is recent enough. */
export const checkGivenRedis = async (url: string): Promise<void> => {
  const redis = new Redis(url, {
    lazyConnect: true,
    retryStrategy: () => null,
    connectTimeout: 5000,
    commandTimeout: 5000,
  })
  let reason = ''
  redis.on('error', (error: NodeJS.ErrnoException) => {
    reason = error.code ?? error.message
  })
  try {
    await redis.connect()
    const version = /^(?:redis|valkey)_version:(\S+)/m.exec(await redis.info('server'))?.[1] ?? 'unknown'
    if (!isRecentEnough(version))
      throw new Failure(
        `The Redis at ${shown(url)} is version ${version}, and Watchfloor needs 7.0 or later: upgrade it.`,
      )
  } catch (error) {
    if (error instanceof Failure) throw error
    throw new Failure(
      `No Redis can be used at ${shown(url)} (${reason || (error as Error).message}): check it, or leave REDIS_URL out to have a private one.`,
    )
  } finally {
    redis.disconnect()
  }
}
