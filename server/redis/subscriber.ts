import { slotOf } from '../../redis/slots.ts'
import { allOf } from './all-of.ts'
import type { Line } from './lines.ts'
import type { Hear, Wanted } from './wanted.ts'

/** Channels of one SUBSCRIBE at the most. */
const AT_ONCE = 500

export type SubscriberPorts = {
  wanted: Wanted
  sharded: boolean
  /** The line to where a channel lives; undefined while it lives nowhere, or there is none. */
  lineTo: (channel: string) => Line | undefined
  /** These were subscribed anew: what was published on them meanwhile is lost. */
  renewed: (channels: string[]) => void
}

/** Tells Redis which channels a node wants, each where it lives. */
export const createSubscriber = ({ wanted, sharded, lineTo, renewed }: SubscriberPorts) => {
  /** Subscribes channels of one line; of one slot where they are sharded. */
  const send = async (line: Line, channels: string[]): Promise<void> => {
    wanted.hold(line, channels)
    try {
      await (sharded ? line.redis.ssubscribe(...channels) : line.redis.subscribe(...channels))
    } catch (error) {
      wanted.lose(line, channels)
      throw error
    }
    const regained = wanted.regain(channels)
    if (regained.length > 0) renewed(regained)
  }

  const readyLineTo = (channel: string): Line => {
    const line = lineTo(channel)
    if (line?.redis.status === 'ready') return line
    throw new Error('The primary of this channel cannot be heard')
  }

  return {
    subscribe: async (channel: string): Promise<void> => send(readyLineTo(channel), [channel]),
    /** Subscribes what is wanted and not held. Rejects where some of it cannot be; the rest is. */
    fill: async (): Promise<void> => {
      const groups = Map.groupBy(wanted.missing(), (channel) => (sharded ? slotOf(channel) : 0))
      const asked = [...groups.values()].map(async (channels) => {
        for (let i = 0; i < channels.length; i += AT_ONCE) {
          const some = channels.slice(i, i + AT_ONCE)
          await send(readyLineTo(some[0] ?? ''), some)
        }
      })
      await allOf(asked)
    },
    /**
     * Redis is told even where the channel is not held: it may be subscribed there all the same, doubted but not lost,
     * or subscribed by a call whose reply came too late.
     */
    release: (channel: string, hear: Hear): void => {
      if (!wanted.end(channel, hear)) return
      const line = wanted.holder(channel) ?? lineTo(channel)
      if (!line) return
      wanted.lose(line, [channel])
      const { redis } = line
      if (redis.status === 'ready') (sharded ? redis.sunsubscribe(channel) : redis.unsubscribe(channel)).catch(() => {})
    },
  }
}
