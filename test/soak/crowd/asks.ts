import { NOWHERE } from '../../../wire/cursors.ts'
import type { Cursor, WatchReply, WatchRequest } from '../../../wire/protocol.ts'
import { type Topic, topicKind } from '../../../wire/topics.ts'
import { type Holding, type Journal, settle } from '../../support/readers/holding.ts'
import type { LineSocket } from './line.ts'
import type { Wishes } from './roamer.ts'

type AsksPorts = {
  holdings: ReadonlyMap<Topic, Holding>
  wishes: Wishes
  journal: Journal
  /** The connection that there is now. */
  socket: () => LineSocket | null
}

const RETRY_MS = 250
const ANSWER_MS = 10_000

/** What a client has to ask of the node that it is connected to. */
export type Asks = ReturnType<typeof createAsks>

export const createAsks = ({ holdings, wishes, journal, socket: current }: AsksPorts) => {
  const toAsk = new Set<Topic>()
  const toLeave = new Set<Topic>()
  const toTune = new Set<Topic>()
  let viewChanged = false
  let busy = false
  /** Why it was not answered, the last time that it was not. */
  let refused = 'not refused yet'
  let timer: NodeJS.Timeout | undefined
  let dueAt = Number.POSITIVE_INFINITY

  const asking = (holding: Holding): void => {
    holding.phase = 'asking'
    toAsk.add(holding.topic)
  }

  const requestOf = (asked: readonly Topic[]): WatchRequest => {
    const cursorOf = (topic: Topic): Cursor | null => holdings.get(topic)?.cursor ?? null
    const topics = asked
      .filter((topic) => topicKind(topic) !== 'c')
      .map((topic) => {
        const cursor = cursorOf(topic)
        return { topic, ...wishes.topics.get(topic), ...(cursor && { cursor }) }
      })
    const cells = asked.filter((topic) => topicKind(topic) === 'c')
    if (cells.length === 0 && !viewChanged) return { topics }
    if (wishes.view === null) return { topics, view: null }
    const { bounds, tuning } = wishes.view
    const cursors = Object.fromEntries(cells.map((topic) => [topic, cursorOf(topic) ?? NOWHERE]))
    return { topics, view: { bounds, cursors, ...tuning } }
  }

  /** Answers count only for what is still held as it was when it was asked for. */
  const take = (reply: WatchReply, asked: ReadonlyMap<Topic, Holding>): void => {
    if ('error' in reply) throw new Error(reply.error.message)
    if (reply.view && 'error' in reply.view) journal.faults.push(`a view was refused: ${reply.view.error.code}`)
    for (const result of reply.results) {
      const holding = asked.get(result.topic as Topic)
      if (!holding || holdings.get(holding.topic) !== holding) continue
      // `unknown` ones may come: Redis may have been emptied a moment ago.
      if (result.kind === 'error') refused = `${result.topic}: ${result.error.message}`
      if (result.kind === 'error' && !/^(unavailable|unknown_)/.test(result.error.code))
        journal.faults.push(`${result.topic} was refused: ${result.error.code}`)
      if (settle(holding, result, journal)) asking(holding)
    }
  }

  const watchAll = async (socket: LineSocket): Promise<void> => {
    const topics = [...toAsk]
    const asked = new Map(topics.map((topic) => [topic, holdings.get(topic) as Holding]))
    const request = requestOf(topics)
    const viewSent = viewChanged
    toAsk.clear()
    viewChanged = false
    for (const holding of asked.values()) holding.phase = 'asking'
    try {
      const reply = await socket.timeout(ANSWER_MS).emitWithAck('watch', request)
      if (current() !== socket) throw new Error('another connection')
      take(reply, asked)
    } catch (error) {
      refused = (error as Error).message
      if (viewSent) viewChanged = true
      for (const [topic, holding] of asked) if (holdings.get(topic) === holding) asking(holding)
    }
  }

  const leaveAll = async (socket: LineSocket): Promise<void> => {
    const topics = [...toLeave]
    toLeave.clear()
    const reply = await socket.timeout(ANSWER_MS).emitWithAck('unwatch', { topics })
    if ('error' in reply) for (const topic of topics) if (!holdings.has(topic)) toLeave.add(topic)
  }

  const tuneAll = async (socket: LineSocket): Promise<void> => {
    const topics = [...toTune].map((topic) => ({ topic, ...wishes.topics.get(topic) }))
    toTune.clear()
    const reply = await socket.timeout(ANSWER_MS).emitWithAck('tune', { topics })
    if ('error' in reply) for (const { topic } of topics) if (holdings.has(topic)) toTune.add(topic)
  }

  /** One message at a time, in the order in which a mind is changed: what goes, what comes, how. */
  const work = async (): Promise<void> => {
    const socket = current()
    if (busy || !socket?.connected) return
    busy = true
    try {
      if (toLeave.size > 0) await leaveAll(socket)
      else if (toAsk.size > 0 || viewChanged) await watchAll(socket)
      else if (toTune.size > 0) await tuneAll(socket)
    } catch {
      // Not answered: the connection is gone or the node hangs; whoever comes again brings all its wishes.
    } finally {
      busy = false
    }
    if (toLeave.size + toAsk.size + toTune.size > 0 || viewChanged) later()
  }
  /** Soon, and never later than was said before: a stream of updates must not put it off. */
  const later = (ms = RETRY_MS): void => {
    const at = performance.now() + ms
    if (at >= dueAt) return
    dueAt = at
    clearTimeout(timer)
    timer = setTimeout(() => {
      dueAt = Number.POSITIVE_INFINITY
      void work()
    }, ms)
  }

  return {
    /** A topic is asked for, for the first time or again. */
    asking,
    /** Asks for what `asking` was told of, soon. */
    later,
    watch: (holding: Holding): void => {
      toLeave.delete(holding.topic)
      asking(holding)
      later(0)
    },
    forget: (topic: Topic): void => {
      toAsk.delete(topic)
      toTune.delete(topic)
    },
    leave: (topic: Topic): void => {
      toLeave.add(topic)
      later(0)
    },
    tune: (topic: Topic): void => {
      toTune.add(topic)
      later(0)
    },
    look: (): void => {
      viewChanged = true
      later(0)
    },
    /** A new connection: everything is asked for by it, and nothing of before. */
    start: (): void => {
      toLeave.clear()
      toTune.clear()
      viewChanged = wishes.view !== null
      for (const holding of holdings.values()) asking(holding)
      void work()
    },
    /** Whether anything has to be asked for again; it is, then, soon. */
    again: (): void => {
      if (toAsk.size > 0) later()
    },
    /** What of it is not done, in words; null: nothing. */
    waitsFor: (): string | null => {
      if (busy) return 'an answer'
      if (!viewChanged && toAsk.size + toLeave.size + toTune.size === 0) return null
      return `its turn to ask for ${[...toAsk].slice(0, 3).join(', ') || 'what it changed'} (${refused})`
    },
    close: (): void => clearTimeout(timer),
  }
}
