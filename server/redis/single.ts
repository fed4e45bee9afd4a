import { Redis } from 'ioredis'
import type { Logger } from 'pino'
import type { AddressOf } from '../../redis/address.ts'
import { type Options, optionsOf } from '../../redis/options.ts'
import type { Faults } from '../faults.ts'
import { connect, reconnectDelay } from './connection.ts'
import type { Deployment, Primaries } from './deployment.ts'

const PRIMARY = 'subscriber'
const primaries: Primaries = { all: [PRIMARY], owning: [PRIMARY], of: () => PRIMARY }

/** A single server. */
export const openSingle = (address: AddressOf<'single'>, log: Logger, faults: Faults): Deployment =>
  onOnePrimary(optionsOf(address), log, faults)

/** Where all topics are on one primary, found by these options. */
export const onOnePrimary = (options: Options, log: Logger, faults: Faults): Deployment => {
  const command = connect(options, 'command', log, faults)
  return {
    command,
    publish: 'PUBLISH',
    connect: () => command.connect(),
    primaries: async () => primaries,
    line: (primary) => connect(options, primary, log, faults),
    check: async (redis) => {
      await redis.ping()
    },
    well: () => {},
    control: () => controlConnection(options),
    close: () => command.disconnect(),
  }
}

/**
 * A connection for the adapter: it waits for Redis to come back, however long, and subscribes again by itself. Nobody
 * listens to what the adapter's calls and that subscribing answer, so that they must never fail: no time limits, no
 * limit of tries.
 */
const controlConnection = (options: Options): Redis => {
  const connection = new Redis({
    ...options,
    connectionName: 'watchfloor-control',
    connectTimeout: 2000,
    disconnectTimeout: 100,
    maxRetriesPerRequest: null,
    retryStrategy: reconnectDelay,
  })
  // Outages are told by the node's own connections.
  connection.on('error', () => {})
  return connection
}
