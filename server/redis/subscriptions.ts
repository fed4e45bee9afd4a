import type { Redis } from 'ioredis'
import type { Faults } from '../faults.ts'
import type { Deployment, Primaries } from './deployment.ts'
import { createLines, type Line, type LineEvents } from './lines.ts'
import { createSubscriber } from './subscriber.ts'
import { createWanted, type Hear } from './wanted.ts'

export type Subscriptions = ReturnType<typeof createSubscriptions>

export type SubscriptionEvents = Pick<LineEvents, 'ready' | 'moved' | 'gone'> & {
  /** These were subscribed anew: what was published on them meanwhile is lost. */
  renewed: (channels: string[]) => void
}

/** What a node is subscribed to: which channels are wanted, and on which line each of them is held. */
export const createSubscriptions = (deployment: Deployment, faults: Faults, events: SubscriptionEvents) => {
  const { ready, moved, gone, renewed } = events
  const sharded = deployment.publish === 'SPUBLISH'
  let primaries: Primaries = { all: [], owning: [], of: () => undefined }

  const wanted = createWanted()
  const { message, lose } = wanted
  const lines = createLines(deployment, faults, { message, ready, moved, gone, lost: lose })
  const lineTo = (channel: string): Line | undefined => lines.at(primaries.of(channel))
  const { subscribe, fill, release } = createSubscriber({ wanted, sharded, lineTo, renewed })

  return {
    lines,
    primaries: (): Primaries => primaries,
    /**
     * Resolves once it is subscribed, with a function that ends it. Rejects where that fails; it is not wanted then.
     */
    subscribe: async (channel: string, hear: Hear): Promise<() => void> => {
      wanted.add(channel, hear)
      try {
        await subscribe(channel)
      } catch (error) {
        release(channel, hear)
        throw error
      }
      return () => release(channel, hear)
    },
    /** As `subscribe`, but it is wanted from now on whatever happens; the next `fill` subscribes it. */
    want: (channel: string, hear: Hear): (() => void) => {
      wanted.add(channel, hear)
      return () => release(channel, hear)
    },
    /** Looks where channels live, and opens lines there. Each of `witnesses` has let channels go: it knows which. */
    locate: async (witnesses: readonly Line[]): Promise<void> => {
      for (const witness of witnesses) {
        const { of } = await deployment.primaries(witness.redis)
        lose(
          witness,
          [...witness.held].filter((channel) => of(channel) !== witness.primary),
        )
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
      lose(line, line.held)
      return false
    },
    /** Has a channel subscribed anew by the next `fill`. */
    doubt: (channel: string): void => {
      const line = wanted.holder(channel)
      if (line) lose(line, [channel])
    },
  }
}

/** As Redis counts them; null where it does not say (sharded ones before 7.0.3). */
const countSubscriptions = async (redis: Redis, sharded: boolean): Promise<number | null> => {
  const info = (await redis.client('INFO')) as string
  const [, count] = (sharded ? /\bssub=(\d+)/ : /\bsub=(\d+)/).exec(info) ?? []
  return count === undefined ? null : Number(count)
}
