import { createAdapter, createShardedAdapter } from '@socket.io/redis-adapter'
import type { Redis } from 'ioredis'
import type { Faults } from '../faults.ts'
import { type Commands, type Deployment, primariesOf } from './deployment.ts'
import type { Subscriptions } from './subscriptions.ts'

const NAME = 'wf:sockets'
const ANSWERED_WITHIN_MS = 1000

/** What nodes tell each other: the Socket.IO adapter's way through Redis. */
export type Control = {
  adapter: ReturnType<typeof createAdapter> | ReturnType<typeof createShardedAdapter>
  close: () => void
}

/**
 * On a Cluster the adapter's few channels go by the lines that are there already, else by two connections of their own.
 */
export const openControl = (
  deployment: Deployment,
  own: Subscriptions,
  settle: () => Promise<void>,
  faults: Faults,
): Control => {
  const [pub, sub] = [deployment.control(), deployment.control()]
  if (!pub || !sub) {
    const client = shardedClient(deployment.command, own, settle, faults)
    return { adapter: createShardedAdapter(client, client, { channelPrefix: NAME }), close: () => {} }
  }
  return {
    adapter: createAdapter(pub, sub, { key: NAME, requestsTimeout: ANSWERED_WITHIN_MS }),
    close: () => {
      // Nobody listens to what the adapter's last calls are answered: they are let through first.
      for (const connection of [pub, sub])
        if (connection.status === 'ready') connection.quit().catch(() => connection.disconnect())
        else connection.disconnect()
    },
  }
}

/**
 * What the sharded adapter needs of a client (it takes this for one of node-redis). Nobody listens to what its calls
 * answer, so they never fail: what cannot be sent now is lost, and who waits for answers gives up after a while.
 */
const shardedClient = (command: Commands, own: Subscriptions, settle: () => Promise<void>, faults: Faults) => {
  const releases = new Map<string, () => void>()
  return {
    sSubscribe: (channel: string, hear: (message: Buffer, channel: string) => void): void => {
      const heard = (text: string): void => hear(Buffer.from(text, 'latin1'), channel)
      releases.set(channel, own.want(channel, faults.guard('redis.nodes', heard)))
      void settle()
    },
    sUnsubscribe: (channel: string): void => {
      releases.get(channel)?.()
      releases.delete(channel)
    },
    sPublish: (channel: string, payload: string | Buffer): Promise<number> =>
      (command.spublish(channel, payload) as Promise<number>).catch(() => 0),
    /** Asked for the subscribers of a channel (PUBSUB SHARDNUMSUB): each primary counts its own. */
    sendCommand: async ([name = '', ...args]: string[]): Promise<unknown[]> => {
      const counts = await Promise.all(primariesOf(command).map((primary) => countOn(primary, name, args)))
      return [args.at(-1), counts.reduce((sum, count) => sum + count, 0)]
    },
  }
}

const countOn = (primary: Redis, name: string, args: string[]): Promise<number> =>
  primary.call(name, ...args).then(
    (reply) => Number((reply as unknown[])[1]),
    () => 0,
  )
