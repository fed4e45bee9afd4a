import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { withoutPasswords } from '../../wire/redis-address.ts'
import type { Topic } from '../../wire/topics.ts'
import { channelTopic, createChannels, type RedisChannels } from './channels.ts'
import { isAnswer, requireVersion } from './connection.ts'
import { type Control, openControl } from './control.ts'
import { type Commands, type Deployment, primariesOf } from './deployment.ts'
import { installLibrary, type PublishCommand } from './library.ts'
import type { Line } from './lines.ts'
import { openDeployment } from './open.ts'
import { hearOneself, probeKeys, within } from './self-test.ts'
import { allOf, createSubscriptions } from './subscriptions.ts'

/** A node's tie to Redis, of whichever kind. */
export type RedisLink = {
  command: Commands
  publish: PublishCommand
  channels: RedisChannels
  /** What nodes tell each other goes by this. */
  control: Control
  /** Whether commands and all subscriptions work. */
  isUp: () => boolean
  /** Whether each connection stands: the one for commands (`command`), and the subscriber of each primary by its name. */
  connections: () => Record<string, boolean>
  close: () => Promise<void>
}

export type LinkEvents = {
  /** Messages may be lost from now on. */
  down: () => void
  /** Everything is subscribed again and the function library is there: catch up now. */
  up: () => void
  /** These topics were subscribed anew, whether or not anything else failed: catch up on them now. */
  renewed: (topics: Topic[]) => void
}

const WATCH_MS = 2000
const RETRY_MS = 250
const OPENED_WITHIN_MS = 5000
/** A slot on the move may be nobody's for a moment; that is no outage until it was so this many times in a row. */
const PATIENCE = 4

/** Opens all connections and keeps them; throws, with the remedy, where there is no usable Redis at the start. */
export const openLink = async (url: string, log: Logger, events: LinkEvents): Promise<RedisLink> => {
  const deployment = openDeployment(url, log)
  const { command, publish } = deployment
  const prepared = new Set<Line>()
  let state: 'opening' | 'up' | 'down' | 'closed' = 'opening'
  let failures = 0
  let retry: NodeJS.Timeout | undefined
  let settling: Promise<void> | null = null
  const moved = new Set<Line>()

  const subscriptions = createSubscriptions(deployment, {
    ready: () => void settle(),
    moved: (line) => {
      moved.add(line)
      soon()
    },
    gone: (line) => {
      prepared.delete(line)
      moved.delete(line)
      if (subscriptions.places().owning.includes(line.place)) lose(`the connection to ${line.place} was closed`)
      soon()
    },
    renewed: (channels) => events.renewed(channels.flatMap((channel) => channelTopic(channel) ?? [])),
  })
  const { lines } = subscriptions

  const lose = (reason: unknown): void => {
    if (state !== 'up') return
    state = 'down'
    log.warn({ reason: String(reason) }, 'Redis is lost, in part or whole')
    events.down()
  }

  const soon = (): void => {
    if (state === 'closed') return
    retry ??= setTimeout(
      () => {
        retry = undefined
        void settle()
      },
      RETRY_MS * (0.2 + Math.random() * 0.8),
    ).unref()
  }

  /** A server that was never seen, or was away: is it what we need, and has it the library? */
  const prepare = async (line: Line): Promise<void> => {
    if (line.redis.status !== 'ready' || prepared.has(line)) return
    await deployment.check(line.redis)
    await requireVersion(line.redis)
    if (await installLibrary(line.redis, publish))
      log.info({ server: line.place }, 'Function library installed in Redis')
    if (line.redis.status === 'ready') prepared.add(line)
  }

  const putRight = async (): Promise<void> => {
    if (command.status !== 'ready') throw new Error('Redis takes no commands')
    const witnesses = [...moved]
    moved.clear()
    await subscriptions.locate(witnesses)
    if (state === 'opening') await Promise.all(lines.all().map(reached))
    await allOf([...lines.all().map(prepare), subscriptions.fill()])
    await allOf(probeKeys(subscriptions.places()).map((key) => command.exists(key)))
  }

  /** Has everything connected, subscribed and installed, as far as it can be; once at a time. Never rejects. */
  const settle = (): Promise<void> => {
    if (state === 'opening' || state === 'closed') return Promise.resolve()
    settling ??= putRight()
      .then(succeed, fail)
      .finally(() => {
        settling = null
        if (moved.size > 0) soon()
      })
    return settling
  }

  const succeed = (): void => {
    failures = 0
    if (state !== 'down') return
    state = 'up'
    deployment.well()
    log.info('Redis is back')
    events.up()
  }

  const fail = (error: unknown): void => {
    failures++
    if (state === 'down' && failures === PATIENCE) log.warn({ reason: String(error) }, 'Redis cannot be used yet')
    if (failures >= PATIENCE) lose(error)
    soon()
  }

  /** A Redis that hangs sends nothing and closes nothing: whoever does not answer is reconnected. */
  const watch = async (redis: Redis): Promise<boolean> => {
    if (redis.status !== 'ready') return false
    try {
      await deployment.check(redis)
      return true
    } catch (error) {
      if (state === 'closed' || redis.status !== 'ready') return false
      lose(error)
      if (!isAnswer(error)) redis.disconnect(true)
      soon()
      return false
    }
  }

  const watchLine = async (line: Line): Promise<void> => {
    if (!(await watch(line.redis)) || moved.has(line)) return
    if (await subscriptions.audit(line).catch(() => true)) return
    log.warn({ server: line.place }, 'Redis forgot subscriptions; subscribing anew')
    soon()
  }

  const close = (): void => {
    state = 'closed'
    clearTimeout(retry)
    clearInterval(watchdog)
    lines.close()
    deployment.close()
  }

  const watchdog = setInterval(() => {
    for (const redis of primariesOf(command)) void watch(redis)
    for (const line of lines.all()) void watchLine(line)
    // Primaries come and go without a word to those who hear nothing of them.
    void settle()
  }, WATCH_MS).unref()

  try {
    await open(deployment, url)
    await putRight()
    await hearOneself(deployment, subscriptions, randomUUID())
  } catch (error) {
    close()
    throw withRemedy(error as Error)
  }
  state = 'up'
  deployment.well()
  command.on('close', () => {
    lose('the connection for commands was closed')
    soon()
  })
  command.on('ready', () => void settle())

  return {
    command,
    publish,
    channels: createChannels(subscriptions, settle),
    control: openControl(deployment, subscriptions, settle),
    isUp: () => state === 'up',
    connections: () => ({
      command: command.status === 'ready',
      ...Object.fromEntries(lines.all().map(({ place, redis }) => [place, redis.status === 'ready'])),
    }),
    close: async () => close(),
  }
}

/** Connects for the first time; throws, with the remedy, where there is no usable Redis. */
const open = async (deployment: Deployment, url: string): Promise<void> => {
  try {
    await within(OPENED_WITHIN_MS, deployment.connect(), () => {
      throw new Error(`no answer within ${OPENED_WITHIN_MS / 1000} s`)
    })
  } catch (error) {
    throw new Error(
      `No Redis answers at ${withoutPasswords(url)} (${(error as Error).message}). Start one, or name another with REDIS_URL.`,
    )
  }
}

const reached = ({ place, opened }: Line): Promise<void> =>
  opened.catch((error) => {
    throw new Error(
      `No connection to ${place} (${error.message}). A node must reach every primary by the address that it announces.`,
    )
  })

const REMEDIES = [
  [/^MOVED|^CROSSSLOT/, 'It is part of a Cluster: name it by redis+cluster:// in REDIS_URL.'],
  [/^READONLY/, 'It is a replica: name its primary in REDIS_URL, or its Sentinels by redis+sentinel://'],
  [/^CLUSTERDOWN/, 'See redis-cli CLUSTER INFO: some slots have no primary.'],
] as const

/** What Redis itself said at the start, in words that help. */
const withRemedy = (error: Error): Error => {
  const [, remedy] = REMEDIES.find(([said]) => said.test(error.message)) ?? []
  return remedy ? new Error(`Redis answers "${error.message}". ${remedy}`) : error
}
