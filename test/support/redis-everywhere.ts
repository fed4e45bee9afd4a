import { Cluster, Redis } from 'ioredis'
import { installLibrary, librarySource, type PublishCommand } from '../../server/redis/library.ts'
import { eventually } from './eventually.ts'
import type { RedisClient } from './redis-client.ts'

/** A connection to each server that takes writes: the client itself, or one to every primary of a Cluster. */
export const everyPrimary = async (client: RedisClient): Promise<Redis[]> => {
  if (client instanceof Redis) return [client]
  await eventually('the cluster is connected', () => client.status === 'ready')
  // What the client knows may be of before a failover.
  await new Promise<void>((resolve) => client.refreshSlotsCache(() => resolve()))
  return client.nodes('master')
}

/** Waits until a client that lost its Redis has every primary of it again. */
export const untilServing = (client: RedisClient): Promise<unknown> =>
  eventually('the client is connected to every primary', async () => {
    const primaries = await everyPrimary(client)
    const answers = await Promise.all(primaries.map((primary) => primary.ping()))
    return answers.length > 0 && (!(client instanceof Cluster) || (await client.cluster('INFO')).includes('state:ok'))
  })

/** A connection to the one server that holds a key. */
export const primaryFor = async (client: RedisClient, key: string): Promise<Redis> => {
  for (const primary of await everyPrimary(client)) {
    const held = await primary.exists(key).catch(() => null) // the others answer MOVED
    if (held !== null) return primary
  }
  throw new Error(`nobody holds ${key}`)
}

/** One that becomes a replica just then refuses: all are asked again. */
export const flushEverything = (client: RedisClient): Promise<unknown> =>
  eventually(
    'every primary is flushed',
    async () => {
      for (const primary of await everyPrimary(client)) await primary.flushall()
      return true
    },
    { everyMs: 200 },
  )

/** Takes away the function library too: a Redis that no node has ever seen. */
export const emptyEverywhere = async (client: RedisClient): Promise<void> => {
  await flushEverything(client)
  for (const primary of await everyPrimary(client)) await primary.call('FUNCTION', 'FLUSH', 'SYNC')
}

/** How updates are published on that kind of Redis. */
const publishOf = (client: RedisClient): PublishCommand => (client instanceof Cluster ? 'SPUBLISH' : 'PUBLISH')

/** Puts the function library on every primary that has none, as a node does. */
export const installEverywhere = async (client: RedisClient): Promise<void> => {
  for (const primary of await everyPrimary(client)) await installLibrary(primary, publishOf(client))
}

/** Loads the function library anew, also where it is there. */
export const reloadEverywhere = async (client: RedisClient): Promise<void> => {
  for (const primary of await everyPrimary(client))
    await primary.call('FUNCTION', 'LOAD', 'REPLACE', librarySource(publishOf(client)))
}

/** Every key that fits, wherever it is, in the order of the alphabet. */
export const keysEverywhere = async (client: RedisClient, pattern = '*'): Promise<string[]> =>
  (await Promise.all((await everyPrimary(client)).map((primary) => primary.keys(pattern)))).flat().sort()

/** Ends every connection that is subscribed to something. */
export const killSubscribers = async (client: RedisClient): Promise<void> => {
  for (const primary of await everyPrimary(client)) await primary.call('CLIENT', 'KILL', 'TYPE', 'pubsub')
}
