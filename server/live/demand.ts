import type { Cursor } from '../../wire/protocol.ts'
import type { Topic } from '../../wire/topics.ts'
import type { Joining, LiveTopic, TopicPorts, Watcher } from './ports.ts'
import { createTopic } from './topic.ts'

export type Demand = {
  /** See {@link LiveTopic.join}. */
  join: (topic: Topic, watcher: Watcher, after: Cursor | null, joining: Joining) => void
  leave: (topic: Topic, watcher: Watcher) => void
  /** See {@link LiveTopic.position}. */
  position: (topic: Topic, watcher?: Watcher) => Cursor | null
  /** The snapshot (JSON) of a topic that does not exist. */
  empty: TopicPorts['empty']
  /** Every topic that this node holds, watched or lingering, with the number of its local watchers. */
  topics: () => Iterable<[Topic, number]>
  /** Asks Redis for what came since, in every topic: messages may have been lost. */
  recoverAll: () => void
  /** The same for some of them. */
  recover: (topics: readonly Topic[]) => void
  /** See {@link LiveTopic.spoil}. */
  spoil: (topic: Topic) => void
  /**
   * Compares where topics stand in Redis with where they stand here, and recovers those that are behind for the second time. One that is
   * where Redis never was followed a number that somebody forged: it is read anew.
   */
  verify: (stands: (topics: Topic[]) => Promise<(Cursor | null)[]>) => Promise<void>
  close: () => void
}

type Entry = {
  live: LiveTopic
  joining: number
  linger: NodeJS.Timeout | null
  /** Where Redis was at the last comparison, when this node was not there yet: what is on its way needs a moment. */
  lacks: Cursor | null
  /** Where this node was at the last comparison: Redis must have been there. */
  stood: Cursor | null
}

const NOWHERE: Cursor = { epoch: '', seq: 0 }
const isBehind = (at: Cursor, there: Cursor): boolean => at.epoch !== there.epoch || at.seq < there.seq
const isAhead = (at: Cursor, there: Cursor): boolean => at.epoch === there.epoch && at.seq > there.seq

/** Which topics this node's clients watch: the first watcher brings a topic, and the last one's leaving lets it go after a linger. */
export const createDemand = (ports: TopicPorts, lingerMs: number): Demand => {
  const entries = new Map<Topic, Entry>()

  const hold = (topic: Topic): Entry => {
    const held = entries.get(topic)
    if (held) {
      if (held.linger) clearTimeout(held.linger)
      held.linger = null
      return held
    }
    const entry: Entry = { live: createTopic(topic, ports), joining: 0, linger: null, lacks: null, stood: null }
    entries.set(topic, entry)
    return entry
  }

  const letGo = (topic: Topic, entry: Entry): void => {
    if (entry.linger || entry.joining > 0 || entry.live.watchers() > 0) return
    const end = (): void => {
      entries.delete(topic)
      entry.live.close()
    }
    entry.linger = setTimeout(ports.faults.guard('topic.linger', end, undefined, topic), lingerMs)
    entry.linger.unref()
  }

  return {
    join: (topic, watcher, after, { answer, done }) => {
      const entry = hold(topic)
      entry.joining++
      const joined = (error: unknown): void => {
        entry.joining--
        letGo(topic, entry)
        done(error)
      }
      entry.live.join(watcher, after, { answer, done: joined })
    },
    leave: (topic, watcher) => {
      const entry = entries.get(topic)
      if (!entry) return
      entry.live.leave(watcher)
      letGo(topic, entry)
    },
    position: (topic, watcher) => entries.get(topic)?.live.position(watcher) ?? null,
    empty: ports.empty,
    topics: function* () {
      for (const [topic, { live }] of entries) yield [topic, live.watchers()]
    },
    recoverAll: () => {
      for (const { live } of entries.values()) live.recover()
    },
    recover: (topics) => {
      for (const topic of topics) entries.get(topic)?.live.recover()
    },
    spoil: (topic) => entries.get(topic)?.live.spoil(),
    verify: async (stands) => {
      const before = [...entries]
      // Where Redis cannot be asked, the next comparison does it.
      const cursors = await stands(before.map(([topic]) => topic)).catch(() => null)
      if (cursors === null) return
      for (const [i, [topic, entry]] of before.entries()) {
        const at = entry.live.position()
        const { lacks: lacking, stood } = entry
        entry.stood = null
        entry.lacks = at && isBehind(at, cursors[i] ?? NOWHERE) ? (cursors[i] ?? NOWHERE) : null
        const forged = at !== null && stood !== null && !isBehind(at, stood) && isAhead(stood, cursors[i] ?? NOWHERE)
        const lost = at !== null && lacking !== null && entry.lacks !== null && isBehind(at, lacking)
        if (!forged) entry.stood = at
        if (!forged && !lost) continue
        ports.count('difference')
        if (lost) ports.channels.renew?.(topic)
        entry.live.recover()
      }
    },
    close: () => {
      for (const { live, linger } of entries.values()) {
        if (linger) clearTimeout(linger)
        live.close()
      }
      entries.clear()
    },
  }
}
