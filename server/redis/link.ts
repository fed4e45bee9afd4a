import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { createChannels, type RedisChannels } from './channels.ts'
import { connect, connectFirst, requireVersion } from './connection.ts'
import { installLibrary } from './library.ts'

/** A node's tie to Redis: one connection for commands, one that is subscribed. */
export type RedisLink = {
  command: Redis
  channels: RedisChannels
  isUp: () => boolean
  close: () => Promise<void>
}

export type LinkEvents = {
  /** Messages may be lost from now on. */
  down: () => void
  /** Everything is subscribed again and the function library is there: catch up now. */
  up: () => void
}

const WATCH_MS = 2000

/** Opens both connections and keeps them; throws, with the remedy, where there is no usable Redis at the start. */
export const openLink = async (url: string, log: Logger, events: LinkEvents): Promise<RedisLink> => {
  const command = connect(url, 'command', log)
  const subscriber = connect(url, 'subscriber', log)
  const channels = createChannels(subscriber)
  await connectFirst(command, url)
  await requireVersion(command)
  await connectFirst(subscriber, url)
  if (await installLibrary(command)) log.info('Function library installed in Redis')
  let up = true
  let closing = false

  const down = (): void => {
    if (!up || closing) return
    up = false
    events.down()
  }

  /** Both connections are ready again: first the library and the subscriptions, then the rest of the node. */
  const restore = async (): Promise<void> => {
    if (up || closing || command.status !== 'ready' || subscriber.status !== 'ready') return
    try {
      await installLibrary(command)
      await channels.resubscribe()
    } catch (error) {
      log.warn({ reason: String(error) }, 'Redis answers but cannot be used yet')
      setTimeout(restore, WATCH_MS).unref()
      return
    }
    if (up || closing) return
    up = true
    events.up()
  }

  /** A Redis that hangs sends nothing and closes nothing: whoever does not answer a ping is reconnected. */
  const watch = async (redis: Redis): Promise<void> => {
    if (redis.status !== 'ready') return
    await redis.ping().catch((error) => {
      if (closing || redis.status !== 'ready') return
      log.warn({ reason: String(error) }, 'Redis does not answer; reconnecting')
      down()
      redis.disconnect(true)
    })
  }

  for (const redis of [command, subscriber]) redis.on('close', down).on('ready', restore)
  const watchdog = setInterval(() => {
    void watch(command)
    void watch(subscriber)
  }, WATCH_MS).unref()

  return {
    command,
    channels,
    isUp: () => up,
    close: async () => {
      closing = true
      clearInterval(watchdog)
      for (const redis of [command, subscriber]) redis.disconnect()
    },
  }
}
