import type { Snapshot } from '../../wire/protocol.ts'
import { type Topic, topicId, topicKind } from '../../wire/topics.ts'
import type { KindStore } from './kinds/kind-store.ts'
import type { KindStores } from './kinds/kinds.ts'
import type { Link } from './link.ts'
import type { Times } from './times.ts'
import type { Emit } from './watch.ts'

export type DispatchOptions = { kinds: KindStores; link: Link; now: () => number; steady: () => number }

/** Hands each event of a watched topic to the stores of its kind, and each gap to the log of the link as well. */
export const createDispatch = ({ kinds, link, now, steady }: DispatchOptions): Emit => {
  const times = (): Times => ({ steady: steady(), now: now(), serverNow: link.clock.serverTime(now()) })
  const storeOf = (topic: Topic) => kinds[topicKind(topic)] as KindStore<Snapshot>

  return (event) => {
    const at = times()
    if (event.kind === 'update') {
      const { topic, at: published } = event.update
      // A replayed update was published some time ago: nobody was heard just now.
      const ago = Math.max(0, at.serverNow - published)
      storeOf(topic).update(topicId(topic), event.update, { ...at, now: at.now - ago, serverNow: at.serverNow - ago })
    } else if (event.kind === 'snapshot') {
      storeOf(event.topic).snapshot(topicId(event.topic), event.snapshot, event.cursor, at)
    } else if (event.kind === 'gap') {
      link.gap(event.gap)
      storeOf(event.gap.topic).gap(topicId(event.gap.topic), at)
    } else if (event.error.code !== 'unavailable') {
      storeOf(event.topic).refused(topicId(event.topic), event.error)
    }
  }
}
