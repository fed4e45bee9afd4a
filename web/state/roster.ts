import type { Cursor, Segment, Tuning, WatchResult, WireError } from '../../wire/protocol.ts'
import type { Topic } from '../../wire/topics.ts'
import { createContain } from './contain.ts'
import { askAgain, compare, type Emit, hear, newWatch, settle, type Watch } from './watch.ts'

const UNREADABLE: WireError = { code: 'not_found', message: 'The data for this can’t be read.' }

/** Empties a set, and returns what was in it. */
export const takeAll = (topics: Set<Topic>): Topic[] => [...topics].filter((topic) => topics.delete(topic))

/**
 * Every watched topic, however it is watched, and which of them the node has to be asked for. A topic whose data cannot
 * be taken in is asked for in full, and costs no other; `report` hears why.
 */
export const createRoster = (emit: Emit, report: (error: unknown) => void) => {
  const watches = new Map<Topic, Watch>()
  const toAsk = new Set<Topic>()
  const refuse = (watch: Watch, error: WireError): void => {
    toAsk.delete(watch.topic)
    watch.phase = 'refused'
    emit({ kind: 'refused', topic: watch.topic, error })
  }
  const contain = createContain({
    report,
    ask: (topic) => void toAsk.add(topic),
    giveUp: (watch) => refuse(watch, UNREADABLE),
  })
  const askFor = (watch: Watch): void => {
    askAgain(watch)
    toAsk.add(watch.topic)
  }

  return {
    get: (topic: Topic): Watch | undefined => watches.get(topic),
    has: (topic: Topic): boolean => watches.has(topic),
    topics: (): Topic[] => [...watches.keys()],
    add: (topic: Topic, tuning: Tuning = {}): void => void watches.set(topic, newWatch(topic, tuning)),
    forget: (topic: Topic): void => {
      watches.delete(topic)
      toAsk.delete(topic)
      contain.forget(topic)
    },
    ask: (topic: Topic): void => {
      const watch = watches.get(topic)
      if (watch) askFor(watch)
    },
    /** The node sends nothing more of it, and says why. */
    refuse: (topic: Topic, error: WireError): void => {
      const watch = watches.get(topic)
      if (!watch) return
      watch.cursor = null
      watch.waiting = []
      refuse(watch, error)
    },
    /** Nothing leads on from what is known: what is asked for comes in full. */
    forgetCursors: (): void => {
      for (const watch of watches.values()) {
        watch.cursor = null
        watch.waiting = []
      }
    },
    /** Everything but what was refused. */
    askAll: (): void => {
      for (const watch of watches.values()) if (watch.phase !== 'refused') askFor(watch)
    },
    isToAsk: (topic: Topic): boolean => toAsk.has(topic),
    /** What has to be asked for, once. */
    takeAsked: (): Topic[] => takeAll(toAsk),
    /** Takes in what came for a topic. Returns false where it is not watched. */
    hear: (segment: Segment): boolean => {
      const watch = watches.get(segment.topic)
      if (watch) contain.take(watch, () => hear(watch, segment, emit))
      return watch !== undefined
    },
    settle: (result: WatchResult): void => {
      const watch = watches.get(result.topic as Topic)
      if (watch) contain.take(watch, () => settle(watch, result, emit))
    },
    compare: (topic: Topic, last: Cursor): void => {
      const watch = watches.get(topic)
      if (watch) contain.take(watch, () => compare(watch, last, emit))
    },
  }
}
export type Roster = ReturnType<typeof createRoster>
