import type { Bounds } from '../../wire/cells.ts'
import { NOWHERE } from '../../wire/cursors.ts'
import type {
  Cursor,
  Heartbeat,
  Segment,
  Tuning,
  WatchReply,
  WatchRequest,
  WatchResult,
  WireError,
} from '../../wire/protocol.ts'
import { cellTopic, parseTopic, type Topic, topicKind } from '../../wire/topics.ts'
import { createContain } from './contain.ts'
import { askAgain, compare, type Emit, hear, newWatch, settle, type Watch } from './watch.ts'

/** How the view stands: the cells the node watches for us, or why it does not. `groups`: those that there are, null where it did not say. */
export type ViewState = { cells: readonly string[]; groups: readonly string[] | null; error: WireError | null }

/** What is looked at: a part of the map, and the groups of devices in it; all where it does not say. */
type View = { bounds: Bounds; groups?: string[] }

/** While a view is being asked for, updates of cells we do not know yet wait here: at most this many. */
const MOST_STRANGERS = 5_000

const UNREADABLE: WireError = { code: 'not_found', message: 'What is sent of this cannot be read.' }

const takeAll = (topics: Set<Topic>): Topic[] => [...topics].filter((topic) => topics.delete(topic))

/**
 * Everything this browser watches, and where it stands in each topic. Knows no socket: {@link request} and
 * {@link released} say what to send, {@link answer}, {@link receive} and {@link heartbeat} take in what comes. What cannot be taken in costs
 * its own topic only: it is asked for in full; `report` hears why.
 */
export const createWatches = (
  emit: Emit,
  onView: (view: ViewState) => void,
  report: (error: unknown) => void = () => {},
) => {
  const watches = new Map<Topic, Watch>()
  const toAsk = new Set<Topic>()
  const toRelease = new Set<Topic>()
  const toTune = new Set<Topic>()
  let view: View | null = null
  let viewToAsk = false
  let viewAsked = false
  let strangers: Segment[] = []

  const forget = (topic: Topic): void => {
    watches.delete(topic)
    toAsk.delete(topic)
    toTune.delete(topic)
    contain.forget(topic)
    emit({ kind: 'dropped', topic })
  }
  const askFor = (watch: Watch): void => {
    askAgain(watch)
    toAsk.add(watch.topic)
  }
  const contain = createContain({
    report,
    ask: (topic) => void toAsk.add(topic),
    giveUp: (watch) => {
      toAsk.delete(watch.topic)
      watch.phase = 'refused'
      emit({ kind: 'refused', topic: watch.topic, error: UNREADABLE })
    },
  })
  const cells = (): Topic[] => [...watches.keys()].filter((topic) => topicKind(topic) === 'c')

  /** Watches a topic, as closely as `tuning` says; a watched one is only tuned. */
  const want = (topic: Topic, tuning: Tuning = {}): void => {
    toRelease.delete(topic)
    if (watches.get(topic)?.phase === 'refused') watches.delete(topic)
    const known = watches.get(topic)
    if (!known) {
      watches.set(topic, newWatch(topic, tuning))
      toAsk.add(topic)
    } else if (known.tuning.mode !== tuning.mode || known.tuning.rate !== tuning.rate) {
      known.tuning = tuning
      toTune.add(topic)
    }
  }

  const drop = (topic: Topic): void => {
    if (!watches.has(topic)) return
    forget(topic)
    toRelease.add(topic)
  }

  const look = (bounds: Bounds | null, groups?: string[]): void => {
    if (bounds === null && view === null) return
    view = bounds && { bounds, ...(groups && { groups }) }
    viewToAsk = true
    if (bounds === null) for (const topic of cells()) forget(topic)
  }

  /** The topics that are no longer wanted, once: to be sent as `unwatch`. */
  const released = (): Topic[] => takeAll(toRelease)

  /** The topics that are to be watched more or less closely than before, once: to be sent as `tune`. */
  const retuned = (): ({ topic: Topic } & Tuning)[] => {
    const topics = takeAll(toTune).filter((topic) => !toAsk.has(topic))
    return topics.map((topic) => ({ topic, ...watches.get(topic)?.tuning }))
  }

  /** The node did not do it: these are to be released, or tuned, once more. */
  const undone = (topics: readonly Topic[]): void => {
    for (const topic of topics) (watches.has(topic) ? toTune : toRelease).add(topic)
  }

  /** A cursor makes the node answer for a cell that it already covers; one from nowhere makes it answer in full. */
  const cursorsOf = (topics: readonly Topic[]): Record<string, Cursor> =>
    Object.fromEntries(topics.map((topic) => [topic, watches.get(topic)?.cursor ?? NOWHERE]))

  /** All that has to be asked for now, as one message; null where there is nothing. */
  const request = (): WatchRequest | null => {
    const asked = takeAll(toAsk)
    const lostCells = asked.filter((topic) => topicKind(topic) === 'c')
    const askView = viewToAsk || lostCells.length > 0
    const topics = asked
      .filter((topic) => topicKind(topic) !== 'c')
      .map((topic) => {
        const { cursor, tuning } = watches.get(topic) ?? newWatch(topic)
        return { topic, ...(cursor && { cursor }), ...tuning }
      })
    if (topics.length === 0 && !askView) return null
    viewToAsk = false
    viewAsked = askView
    if (!askView) return { topics }
    return { topics, view: view && { ...view, cursors: cursorsOf(lostCells) } }
  }

  const adoptView = (reply: Exclude<WatchReply, { error: WireError }>): void => {
    if (!reply.view) return
    if ('error' in reply.view) {
      for (const topic of cells()) forget(topic)
      onView({ cells: [], groups: null, error: reply.view.error })
      return
    }
    const covered = new Set(reply.view.cells.map(cellTopic))
    for (const topic of cells()) if (!covered.has(topic)) forget(topic)
    for (const topic of covered) if (!watches.has(topic)) watches.set(topic, newWatch(topic))
    onView({ ...reply.view, error: null })
  }

  const settleOne = (result: WatchResult): void => {
    const topic = parseTopic(result.topic)
    const watch = topic && watches.get(topic)
    if (watch) contain.take(watch, () => settle(watch, result, emit))
  }

  /** A node's answer to the last {@link request}. A view that has been left meanwhile is not adopted. */
  const answer = (reply: Exclude<WatchReply, { error: WireError }>): void => {
    const waiting = strangers
    strangers = []
    viewAsked = false
    if (view !== null) adoptView(reply)
    receive(waiting)
    for (const result of reply.results) settleOne(result)
  }

  /** New segments from the node, in the order in which it sent them. */
  const receive = (segments: readonly Segment[]): void => {
    for (const segment of segments) {
      const watch = watches.get(segment.topic)
      if (watch) {
        contain.take(watch, () => hear(watch, segment, emit))
      } else if (viewAsked && topicKind(segment.topic) === 'c' && strangers.length < MOST_STRANGERS)
        strangers.push(segment)
    }
  }

  const heartbeat = ({ seqs }: Pick<Heartbeat, 'seqs'>): void => {
    for (const [topic, last] of Object.entries(seqs)) {
      const watch = watches.get(topic as Topic)
      if (watch) contain.take(watch, () => compare(watch, last, emit))
    }
  }

  /** A new connection, or one whose answer was lost: everything is asked for again, from where we stand. */
  const askAll = (): void => {
    for (const watch of watches.values()) if (watch.phase !== 'refused') askFor(watch)
    toTune.clear()
    viewToAsk = view !== null
    viewAsked = false
    strangers = []
  }

  return {
    want,
    drop,
    look,
    released,
    retuned,
    undone,
    request,
    answer,
    receive,
    heartbeat,
    askAll,
    /** Asks for one topic again, also a refused one. */
    retry: (topic: Topic): void => {
      const watch = watches.get(topic)
      if (watch) askFor(watch)
    },
    topics: (): Topic[] => [...watches.keys()],
    watching: (topic: Topic): boolean => watches.has(topic),
    cursor: (topic: Topic): Cursor | null => watches.get(topic)?.cursor ?? null,
    /** Whether the node sends a topic's updates at once; the delay of one that it holds back, as asked, says nothing. */
    closely: (topic: Topic): boolean => watches.get(topic)?.tuning.rate === undefined,
    view: (): Bounds | null => view?.bounds ?? null,
  }
}
export type Watches = ReturnType<typeof createWatches>
