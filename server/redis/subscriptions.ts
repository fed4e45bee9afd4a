import type { Redis } from 'ioredis'
import { slotOf } from '../../redis/slots.ts'
import type { Faults } from '../faults.ts'
import { asBytes } from '../live/bytes.ts'
import type { Deployment, Primaries } from './deployment.ts'
import { createLines, type Line, type LineEvents } from './lines.ts'

type Hear = (text: string) => void

export type Subscriptions = ReturnType<typeof createSubscriptions>

export type SubscriptionEvents = Pick<LineEvents, 'ready' | 'moved' | 'gone'> & {
  /** These were subscribed anew: what was published on them meanwhile is lost. */
  renewed: (channels: string[]) => void
}

const AT_ONCE = 500

/** What a node is subscribed to: which channels are wanted, and on which line each of them is held. */
export const createSubscriptions = (deployment: Deployment, faults: Faults, events: SubscriptionEvents) => {
  const sharded = deployment.publish === 'SPUBLISH'
  const wanted = new Map<string, Hear>()
  /** The same by the channel's bytes, as messages come. */
  const hearing = new Map<string, Hear>()
  const holder = new Map<string, Line>()
  const lost = new Set<string>()
  let primaries: Primaries = { all: [], owning: [], of: () => undefined }

  const lines = createLines(deployment, faults, {
    message: (bytes, text) => hearing.get(bytes)?.(text),
    ready: events.ready,
    moved: events.moved,
    gone: events.gone,
    lost: (line, held) => {
      for (const channel of held) lose(line, channel)
    },
  })

  const lose = (line: Line, channel: string): void => {
    line.held.delete(channel)
    if (holder.get(channel) !== line) return
    holder.delete(channel)
    if (wanted.has(channel)) lost.add(channel)
  }

  const want = (channel: string, hear: Hear): void => {
    wanted.set(channel, hear)
    hearing.set(asBytes(channel), hear)
  }

  /** Subscribes channels of one line; of one slot where they are sharded. */
  const send = async (line: Line, channels: string[]): Promise<void> => {
    for (const channel of channels) {
      line.held.add(channel)
      holder.set(channel, line)
    }
    try {
      await (sharded ? line.redis.ssubscribe(...channels) : line.redis.subscribe(...channels))
    } catch (error) {
      for (const channel of channels) lose(line, channel)
      throw error
    }
    const renewed = channels.filter((channel) => lost.delete(channel))
    if (renewed.length > 0) events.renewed(renewed)
  }

  const lineOf = (channel: string): Line => {
    const line = lines.at(primaries.of(channel))
    if (line?.redis.status === 'ready') return line
    throw new Error('The primary of this channel cannot be heard')
  }

  /** Subscribes what is wanted and not held, each where it lives. Rejects where some of it cannot be. */
  const fill = async (): Promise<void> => {
    const missing = [...wanted.keys()].filter((channel) => !holder.has(channel))
    const groups = Map.groupBy(missing, (channel) => (sharded ? slotOf(channel) : 0))
    const asked = [...groups.values()].map(async (channels) => {
      for (let i = 0; i < channels.length; i += AT_ONCE) {
        const some = channels.slice(i, i + AT_ONCE)
        await send(lineOf(some[0] ?? ''), some)
      }
    })
    await allOf(asked)
  }

  /**
   * Redis is told even where the channel is not held: it may be subscribed there all the same, doubted but not lost, or
   * subscribed by a call whose reply came too late.
   */
  const release = (channel: string, hear: Hear): void => {
    if (wanted.get(channel) !== hear) return
    wanted.delete(channel)
    hearing.delete(asBytes(channel))
    lost.delete(channel)
    const line = holder.get(channel) ?? lines.at(primaries.of(channel))
    if (!line) return
    lose(line, channel)
    const { redis } = line
    if (redis.status === 'ready') (sharded ? redis.sunsubscribe(channel) : redis.unsubscribe(channel)).catch(() => {})
  }

  return {
    lines,
    primaries: (): Primaries => primaries,
    /**
     * Resolves once it is subscribed, with a function that ends it. Rejects where that fails; it is not wanted then.
     */
    subscribe: async (channel: string, hear: Hear): Promise<() => void> => {
      want(channel, hear)
      try {
        await send(lineOf(channel), [channel])
      } catch (error) {
        release(channel, hear)
        throw error
      }
      return () => release(channel, hear)
    },
    /** As `subscribe`, but it is wanted from now on whatever happens; the next `fill` subscribes it. */
    want: (channel: string, hear: Hear): (() => void) => {
      want(channel, hear)
      return () => release(channel, hear)
    },
    /** Looks where channels live, and opens lines there. Each of `witnesses` has let channels go: it knows which. */
    locate: async (witnesses: readonly Line[]): Promise<void> => {
      for (const witness of witnesses) {
        const { of } = await deployment.primaries(witness.redis)
        for (const channel of witness.held) if (of(channel) !== witness.primary) lose(witness, channel)
      }
      primaries = await deployment.primaries(witnesses.at(-1)?.redis)
      lines.follow(primaries.all)
    },
    /** Rejects where a line is not connected, or something that is wanted cannot be subscribed. */
    fill: async (): Promise<void> => {
      const away = primaries.owning.find((primary) => lines.at(primary)?.redis.status !== 'ready')
      await fill()
      if (away) throw new Error(`${away} cannot be heard`)
    },
    /**
     * Asks Redis what a line is subscribed to. False where that is less than it holds: the next `fill` subscribes it
     * all.
     */
    audit: async (line: Line): Promise<boolean> => {
      const held = line.held.size
      const counted = await countSubscriptions(line.redis, sharded)
      if (counted === null || counted >= held) return true
      for (const channel of line.held) lose(line, channel)
      return false
    },
    /** Has a channel subscribed anew by the next `fill`. */
    doubt: (channel: string): void => {
      const line = holder.get(channel)
      if (line) lose(line, channel)
    },
  }
}

/** As Redis counts them; null where it does not say (sharded ones before 7.0.3). */
const countSubscriptions = async (redis: Redis, sharded: boolean): Promise<number | null> => {
  const info = (await redis.client('INFO')) as string
  const [, count] = (sharded ? /\bssub=(\d+)/ : /\bsub=(\d+)/).exec(info) ?? []
  return count === undefined ? null : Number(count)
}

/** Waits for all, and rejects with the first reason where any was rejected. */
export const allOf = async (work: Promise<unknown>[]): Promise<void> => {
  const failed = (await Promise.allSettled(work)).find(({ status }) => status === 'rejected')
  if (failed?.status === 'rejected') throw failed.reason
}
