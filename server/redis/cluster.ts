import { Cluster, type Redis } from 'ioredis'
import type { Logger } from 'pino'
import type { AddressOf } from '../../redis/address.ts'
import { credentialsOf, patience } from '../../redis/options.ts'
import { slotOf } from '../../redis/slots.ts'
import type { Faults } from '../faults.ts'
import { connect, PATIENCE_MS, reconnectDelay } from './connection.ts'
import { type Deployment, type Primaries, primariesOf } from './deployment.ts'
import { readShards, type ShardsReply, type SlotMap } from './shards.ts'

const REFRESH_MS = 5000

const primariesFrom = ({ primaries, owning, owners }: SlotMap): Primaries => ({
  all: primaries,
  owning,
  of: (channel) => owners[slotOf(channel)],
})

/**
 * A Cluster. Commands find their way by ioredis's Cluster; subscriptions are one connection of our own to each primary
 * (lines.ts). ioredis's `shardedSubscribers` are not used: while a shard is down they are torn down and built anew a
 * hundred times a second (measured: 73% of a core, an `error` each time), and they tell neither which channels were
 * lost nor when they are back.
 */
export const openCluster = (address: AddressOf<'cluster'>, log: Logger, faults: Faults): Deployment => {
  const credentials = credentialsOf(address)
  const command = new Cluster(address.hosts, {
    lazyConnect: true,
    enableOfflineQueue: false,
    clusterRetryStrategy: reconnectDelay,
    slotsRefreshInterval: REFRESH_MS,
    // Commands of a slot that has moved wait for one look at the new map instead of chasing each other.
    retryDelayOnMoved: 50,
    redisOptions: { ...patience(PATIENCE_MS), ...credentials, connectionName: 'watchfloor-command' },
  })
  const trouble = tellOnce(command, log, faults)

  const ask = async (redis: Redis): Promise<Primaries> => {
    const reply = (await redis.call('CLUSTER', 'SHARDS')) as ShardsReply
    return primariesFrom(readShards(reply, { host: redis.options.host ?? '', tls: address.tls }))
  }

  return {
    command,
    publish: 'SPUBLISH',
    connect: () =>
      command.connect().catch((error) => {
        throw trouble.last() ?? error
      }),
    primaries: (witness) =>
      witness
        ? ask(witness)
        : Promise.any(primariesOf(command).map(ask)).catch(() => {
            throw new Error('No primary of the Cluster answers')
          }),
    line: (primary) => {
      const colon = primary.lastIndexOf(':')
      const [host, port] = [primary.slice(0, colon), Number(primary.slice(colon + 1))]
      return connect({ ...credentials, host, port }, 'subscriber', log, faults)
    },
    check: async (redis) => {
      await redis.ping()
    },
    well: trouble.forget,
    control: () => null,
    close: () => command.disconnect(),
  }
}

/** A node of a Cluster that is gone gives an error with every try: the first is logged, until all is well again. */
const tellOnce = (command: Cluster, log: Logger, faults: Faults): { last: () => Error | null; forget: () => void } => {
  let last: Error | null = null
  const tell = faults.guard('redis.event', (error: Error): void => {
    if (error.name === 'ClusterAllFailedError') return // the reasons were told one by one
    if (last === null)
      log.warn({ connection: 'command', reason: String(error) }, 'A server of the Cluster does not answer')
    last = error
  })
  command.on('error', tell)
  command.on('node error', tell)
  return {
    last: () => last,
    forget: () => {
      last = null
    },
  }
}
