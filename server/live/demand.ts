import { NOWHERE } from '../../wire/cursors.ts'
import type { Cursor } from '../../wire/protocol.ts'
import type { Topic } from '../../wire/topics.ts'
import { type Compared, compare, NOT_COMPARED } from './comparison.ts'
import type { TopicPorts } from './ports.ts'
import { createTopic, type LiveTopic } from './topic.ts'
import type { Joining, Watcher } from './watcher.ts'

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
  /** See {@link LiveTopic.restart}. */
  restart: (topics: readonly Topic[]) => void
  /** Compares where topics are in Redis with where they are here, and recovers those that differ: see comparison.ts. */
  verify: (readCursors: (topics: Topic[]) => Promise<(Cursor | null)[]>) => Promise<void>
  close: () => void
}

type Entry = { live: LiveTopic; linger: NodeJS.Timeout | null; compared: Compared }

/**
 * Which topics this node's clients watch: the first watcher brings a topic, and after the last one has left it is let
 * go once it has lingered.
 */
export const createDemand = (ports: TopicPorts, lingerMs: number): Demand => {
  const entries = new Map<Topic, Entry>()

  const hold = (topic: Topic): Entry => {
    const held = entries.get(topic)
    if (held) {
      if (held.linger) clearTimeout(held.linger)
      held.linger = null
      return held
    }
    const live = createTopic(topic, ports, () => letGo(topic, entry))
    const entry: Entry = { live, linger: null, compared: NOT_COMPARED }
    entries.set(topic, entry)
    return entry
  }

  const letGo = (topic: Topic, entry: Entry): void => {
    if (entry.linger || !entry.live.isVacant()) return
    const end = (): void => {
      entries.delete(topic)
      entry.live.close()
    }
    entry.linger = setTimeout(ports.faults.guard('topic.linger', end, undefined, topic), lingerMs)
    entry.linger.unref()
  }

  return {
    join: (topic, watcher, after, joining) => hold(topic).live.join(watcher, after, joining),
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
    restart: (topics) => {
      for (const topic of topics) entries.get(topic)?.live.restart()
    },
    verify: async (readCursors) => {
      const before = [...entries]
      // Where Redis cannot be asked, the next comparison does it.
      const cursors = await readCursors(before.map(([topic]) => topic)).catch(() => null)
      if (cursors === null) return
      for (const [i, [topic, entry]] of before.entries()) {
        const [compared, verdict] = compare(entry.compared, entry.live.position(), cursors[i] ?? NOWHERE)
        entry.compared = compared
        if (verdict === 'right') continue
        ports.count('difference')
        if (verdict === 'lost') ports.channels.renew?.(topic)
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
