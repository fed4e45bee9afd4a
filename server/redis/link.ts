import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import { keyTopic, type Topic } from '../../wire/topics.ts'
import type { Faults } from '../faults.ts'
import { createChannels, type RedisChannels } from './channels.ts'
import { type Control, openControl } from './control.ts'
import type { Commands } from './deployment.ts'
import { createKeeper } from './keeper.ts'
import type { PublishCommand } from './library.ts'
import type { Line } from './lines.ts'
import { openDeployment } from './open.ts'
import { puttingRight } from './put-right.ts'
import { createReach, type Reach } from './reach.ts'
import { hearOneself } from './self-test.ts'
import { openFirst, withRemedy } from './startup.ts'
import { createSubscriptions } from './subscriptions.ts'
import { watch } from './watchdog.ts'

/** A node's tie to Redis, of whichever kind. */
export type RedisLink = Reach & {
  command: Commands
  publish: PublishCommand
  channels: RedisChannels
  /** What nodes tell each other goes by this. */
  control: Control
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
  const putRight = puttingRight(deployment, subscriptions, moved, log)

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
    ...createReach(command, lines, keeper.isUp),
    command,
    publish,
    channels: createChannels(subscriptions, keeper.settle, faults),
    control: openControl(deployment, subscriptions, keeper.settle, faults),
    close: async () => {
      stopWatching()
      close()
    },
  }
}
