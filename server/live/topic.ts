import type { Cursor } from '../../wire/protocol.ts'
import type { Topic } from '../../wire/topics.ts'
import { createJoin } from './joins.ts'
import type { Release, TopicPorts } from './ports.ts'
import { createRecovery } from './recovery.ts'
import { createSharedReads } from './shared-reads.ts'
import { Stream } from './stream.ts'
import type { Joining, Watcher } from './watcher.ts'

/** One topic on this node. */
export type LiveTopic = {
  /** Adds a watcher: subscribes first, then reads what came after its cursor. */
  join: (watcher: Watcher, after: Cursor | null, joining: Joining) => void
  leave: (watcher: Watcher) => void
  /** Asks Redis what came since, for messages may have been lost. */
  recover: () => void
  /** Asks Redis for the whole state in a moment: what was passed on is not right. */
  spoil: () => void
  /** The topic goes on from another moment: asks for its state anew, of which no gap is told. */
  restart: () => void
  /** Where this node is in the topic, or a watcher, which may be ahead of it; null while nobody needed to know. */
  position: (watcher?: Watcher) => Cursor | null
  watchers: () => number
  /** Whether nobody watches it, nor is about to. */
  isVacant: () => boolean
  close: () => void
}

/** `vacated` is called where a watcher that was to join did not, and nobody else is there. */
export const createTopic = (topic: Topic, ports: TopicPorts, vacated: () => void): LiveTopic => {
  const { faults } = ports
  const reads = createSharedReads(topic, ports.read, faults)
  const on = { lost: () => recovery.recover(), spoilt: () => recovery.spoil() }
  const stream = new Stream(topic, ports, reads, on)
  const recovery = createRecovery(topic, stream, reads, ports)
  const joinSubscribed = createJoin(topic, stream, reads, recovery.recover)
  const receive = faults.guard('topic.message', stream.take, recovery.spoil, topic)
  let subscription: Promise<Release> | null = null
  let joining = 0

  const subscribe = async (): Promise<Release> => {
    stream.phase = 'subscribing'
    try {
      const release = await ports.channels.subscribe(topic, receive)
      if (stream.phase === 'subscribing') stream.phase = 'live'
      return release
    } catch (error) {
      stream.phase = 'idle'
      throw error
    }
  }

  const isVacant = (): boolean => joining === 0 && stream.audience.size() === 0

  return {
    join: (watcher, after, joiner) => {
      joining++
      const done = (error: unknown): void => {
        joining--
        if (isVacant()) vacated()
        joiner.done(error)
      }
      if (stream.phase === 'live' || stream.phase === 'recovering') return joinSubscribed(watcher, after, joiner, done)
      if (stream.phase === 'idle') subscription = subscribe()
      const join = (): void => joinSubscribed(watcher, after, joiner, done)
      subscription?.then(
        faults.guard('topic.read', join, done, topic),
        faults.guard('topic.read', done, undefined, topic),
      )
    },
    leave: stream.audience.leave,
    recover: recovery.recover,
    spoil: recovery.spoil,
    restart: recovery.restart,
    position: (watcher) => (watcher && stream.audience.aheadAt(watcher)) ?? stream.position,
    watchers: stream.audience.size,
    isVacant,
    close: () => {
      stream.phase = 'idle'
      recovery.close()
      subscription?.then((release) => release()).catch(() => {})
    },
  }
}
