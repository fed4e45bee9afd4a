import { Cluster } from 'ioredis'
import type { RedisClient } from './redis-client.ts'

/** Subscribes to a channel as that kind of Redis publishes updates: sharded on a Cluster. Returns its release. */
export const hearChannel = async (
  client: RedisClient,
  channel: string,
  hear: (text: string) => void,
): Promise<() => Promise<void>> => {
  const sharded = client instanceof Cluster
  const event = sharded ? 'smessage' : 'message'
  const onMessage = (from: string, text: string): void => {
    if (from === channel) hear(text)
  }
  client.on(event, onMessage)
  await (sharded ? client.ssubscribe(channel) : client.subscribe(channel))
  return async () => {
    client.off(event, onMessage)
    await (sharded ? client.sunsubscribe(channel) : client.unsubscribe(channel))
  }
}

/** Publishes by hand, as the function library would. */
export const sayOnChannel = async (client: RedisClient, channel: string, text: string): Promise<void> => {
  await (client instanceof Cluster ? client.spublish(channel, text) : client.publish(channel, text))
}
