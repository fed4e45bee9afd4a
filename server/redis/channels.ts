import type { Redis } from 'ioredis'
import { topicKey } from '../../wire/topics.ts'
import type { Channels } from '../live/ports.ts'

export type RedisChannels = Channels & {
  /** Subscribes anew to everything, after the connection was lost; what was published meanwhile is lost. */
  resubscribe: () => Promise<void>
  /** Reads nothing for so many milliseconds: messages gather in the socket, and are then read at once, which costs far less. */
  rest: (ms: number) => void
}

const AT_ONCE = 500
/** A shorter rest gathers nothing, and costs more than it saves. */
const SHORTEST_REST_MS = 4

/** The channels of one subscriber connection: a topic's channel is its state's key. */
export const createChannels = (subscriber: Redis): RedisChannels => {
  const handlers = new Map<string, (text: string) => void>()

  subscriber.on('messageBuffer', (channel: Buffer, message: Buffer) => {
    handlers.get(channel.toString('latin1'))?.(message.toString('latin1'))
  })

  let resting = false

  return {
    rest: (ms) => {
      const { stream } = subscriber
      if (resting || ms < SHORTEST_REST_MS) return
      resting = true
      stream.pause()
      setTimeout(() => {
        resting = false
        stream.resume()
      }, ms)
    },
    subscribe: async (topic, onText) => {
      const channel = topicKey(topic)
      handlers.set(channel, onText)
      const release = (): void => {
        if (handlers.get(channel) !== onText) return
        handlers.delete(channel)
        subscriber.unsubscribe(channel).catch(() => {})
      }
      try {
        await subscriber.subscribe(channel)
      } catch (error) {
        release()
        throw error
      }
      return release
    },
    resubscribe: async () => {
      const channels = [...handlers.keys()]
      for (let i = 0; i < channels.length; i += AT_ONCE) await subscriber.subscribe(...channels.slice(i, i + AT_ONCE))
    },
  }
}
