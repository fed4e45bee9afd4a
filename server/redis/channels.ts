import { topicKey } from '../../wire/topics.ts'
import type { Faults } from '../faults.ts'
import type { Channels } from '../live/ports.ts'
import { stopReading } from './stop-reading.ts'
import type { Subscriptions } from './subscriptions.ts'

export type RedisChannels = Channels & {
  /**
   * Reads nothing for so many milliseconds: messages gather in the sockets, and are then read at once, which costs far
   * less.
   */
  rest: (ms: number) => void
}

/** A shorter rest gathers nothing, and costs more than it saves. */
const SHORTEST_REST_MS = 4

/**
 * Topics as channels: a topic's channel has the name of its state's key. `settle` repairs a subscription that does not
 * work.
 */
export const createChannels = (
  subscriptions: Subscriptions,
  settle: () => Promise<void>,
  faults: Faults,
): RedisChannels => {
  let resting = false
  return {
    subscribe: async (topic, onText) => {
      const channel = topicKey(topic)
      try {
        return await subscriptions.subscribe(channel, onText)
      } catch {
        // Its slot may have moved a moment ago.
        await settle()
        return subscriptions.subscribe(channel, onText)
      }
    },
    renew: (topic) => {
      subscriptions.doubt(topicKey(topic))
      void settle()
    },
    rest: (ms) => {
      if (resting || ms < SHORTEST_REST_MS) return
      resting = true
      const streams = subscriptions.lines.all().flatMap(({ redis }) => (redis.status === 'ready' ? [redis.stream] : []))
      const resume = streams.map(stopReading)
      const readOn = (): void => {
        resting = false
        for (const goOn of resume) goOn()
      }
      setTimeout(faults.guard('redis.rest', readOn, readOn), ms)
    },
  }
}
