import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import { keyTopic, type Topic } from '../../wire/topics.ts'
import type { Faults } from '../faults.ts'
import { createChannels, type RedisChannels } from './channels.ts'
import { requireVersion } from './connection.ts'
import { type Control, openControl } from './control.ts'
import type { Commands, Deployment } from './deployment.ts'
import { createKeeper } from './keeper.ts'
import { installLibrary, type PublishCommand } from './library.ts'
import type { Line } from './lines.ts'
import { openDeployment } from './open.ts'
import { hearOneself, probeKeys } from './self-test.ts'
import { openFirst, reachFirst, withRemedy } from './startup.ts'
import { allOf, createSubscriptions } from './subscriptions.ts'
import { watch } from './watchdog.ts'

/** A node's tie to Redis, of whichever kind. */
export type RedisLink = {
  command: Commands
  publish: PublishCommand
  channels: RedisChannels
  /** What nodes tell each other goes by this. */
  control: Control
  /** Whether commands and all subscriptions work. */
  isUp: () => boolean
  /** How much of it works: `part` where some primaries are heard and others are not. */
  reach: () => 'up' | 'part' | 'down'
  /** Whether each connection is up: that for commands (`command`), and the subscriber of each primary by its name. */
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

/** Opens all connections and keeps them; throws, with the remedy, where there is no usable Redis at the start. */
export const openLink = async (url: string, log: Logger, faults: Faults, events: LinkEvents): Promise<RedisLink> => {
  const deployment = openDeployment(url, log, faults)
  const { command, publish } = deployment
  const prepare = preparing(deployment, log)
  const moved = new Set<Line>()

  const subscriptions = createSubscriptions(deployment, faults, {
    ready: () => void keeper.settle(),
    moved: (line) => {
      moved.add(line)
      keeper.soon()
    },
    gone: (line) => {
      if (subscriptions.primaries().owning.includes(line.primary))
        keeper.lose(`the connection to ${line.primary} was closed`)
      keeper.soon()
    },
    renewed: (channels) => events.renewed(channels.flatMap((channel) => keyTopic(channel) ?? [])),
  })
  const { lines } = subscriptions

  /** Looks where everything is, and has it connected, installed and subscribed; then asks a key of each primary. */
  const putRight = async (first = false): Promise<void> => {
    if (command.status !== 'ready') throw new Error('Redis takes no commands')
    const witnesses = [...moved]
    moved.clear()
    await subscriptions.locate(witnesses)
    if (first) await Promise.all(lines.all().map(reachFirst))
    await allOf([...lines.all().map(prepare), subscriptions.fill()])
    await allOf(probeKeys(subscriptions.primaries()).map((key) => command.exists(key)))
  }

  const up = (): void => {
    deployment.well()
    events.up()
  }
  const keeper = createKeeper({ putRight, down: events.down, up, log, faults, random: Math.random })
  const close = (): void => {
    keeper.close()
    lines.close()
    deployment.close()
  }
  try {
    await openFirst(deployment, url)
    await putRight(true)
    await hearOneself(deployment, subscriptions, randomUUID())
  } catch (error) {
    close()
    throw withRemedy(error as Error)
  }
  keeper.start()
  deployment.well()
  command.on('ready', faults.guard('redis.event', keeper.settle))
  const closed = (): void => {
    keeper.soon()
    keeper.lose('the connection for commands was closed')
  }
  command.on('close', faults.guard('redis.event', closed, keeper.soon))
  const stopWatching = watch(deployment, subscriptions, keeper, log, faults)

  return {
    command,
    publish,
    channels: createChannels(subscriptions, keeper.settle, faults),
    control: openControl(deployment, subscriptions, keeper.settle, faults),
    isUp: keeper.isUp,
    reach: () => {
      if (keeper.isUp()) return 'up'
      const heard = lines.all().filter(({ redis }) => redis.status === 'ready').length
      return command.status === 'ready' && heard > 0 && heard < lines.all().length ? 'part' : 'down'
    },
    connections: () => ({
      command: command.status === 'ready',
      ...Object.fromEntries(lines.all().map(({ primary, redis }) => [primary, redis.status === 'ready'])),
    }),
    close: async () => {
      stopWatching()
      close()
    },
  }
}

/**
 * Makes sure that a server is what we need and has the library; once for each connection to it, for it may be another
 * server by then.
 */
const preparing = ({ check, publish }: Deployment, log: Logger): ((line: Line) => Promise<void>) => {
  const prepared = new WeakMap<Line, unknown>()
  return async (line) => {
    const { redis, primary } = line
    const { stream } = redis
    if (redis.status !== 'ready' || prepared.get(line) === stream) return
    await check(redis)
    await requireVersion(redis)
    if (await installLibrary(redis, publish)) log.info({ server: primary }, 'Function library installed in Redis')
    prepared.set(line, stream)
  }
}
