import { type Bounds, cellsCovering } from '../../../wire/cells.ts'
import type { Cursor, Tuning, WatchReply, WatchRequest } from '../../../wire/protocol.ts'
import { cellTopic, type Topic, topicKind } from '../../../wire/topics.ts'
import {
  compare,
  dropWaiting,
  type Holding,
  hear,
  type Journal,
  newHolding,
  settle,
  tell,
} from '../../support/readers/holding.ts'
import { createLine, type LineSocket } from './line.ts'

/** What a roamer watches: topics by name, each in its own way, and a view of the map. */
export type Wishes = { topics: Map<Topic, Tuning>; view: { bounds: Bounds; tuning: Tuning } | null }

/** A client that changes its mind: follows docs/protocol.md to the letter while it watches other things and comes from other nodes. */
export type Roamer = {
  holdings: ReadonlyMap<Topic, Holding>
  /** What it lacks to have all that it watches; null: nothing. */
  waitsFor: () => string | null
  connected: () => boolean
  connections: () => number
  url: () => string
  wishes: () => Wishes
  watch: (topic: Topic, tuning: Tuning) => void
  unwatch: (topic: Topic) => void
  tune: (topic: Topic, tuning: Tuning) => void
  look: (view: Wishes['view']) => void
  /** Goes to a node, from wherever it is. */
  goTo: (url: string) => void
  /** Is away until `goTo`. */
  away: () => void
  close: () => void
}

export type RoamerPorts = { journal: Journal; choose: () => string; random: () => number }

const RETRY_MS = 250
const ANSWER_MS = 10_000
const NOWHERE: Cursor = { epoch: '', seq: 0 }

export const openRoamer = (url: string, { journal, choose, random }: RoamerPorts): Roamer => {
  const holdings = new Map<Topic, Holding>()
  const wishes: Wishes = { topics: new Map(), view: null }
  const toAsk = new Set<Topic>()
  const toLeave = new Set<Topic>()
  const toTune = new Set<Topic>()
  let viewChanged = false
  let busy = false
  let slowed = false
  let connections = 0
  /** Why it was not answered, the last time that it was not. */
  let refused = 'not refused yet'
  let timer: NodeJS.Timeout | undefined
  let dueAt = Number.POSITIVE_INFINITY

  const asking = (holding: Holding): void => {
    holding.phase = 'asking'
    toAsk.add(holding.topic)
  }
  const hold = (topic: Topic, { mode }: Tuning): void => {
    const holding = newHolding(topic)
    holding.conflated = slowed || mode === 'latest'
    holdings.set(topic, holding)
    asking(holding)
  }
  const forget = (topic: Topic): void => {
    holdings.delete(topic)
    toAsk.delete(topic)
    toTune.delete(topic)
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
      if (line.socket() !== socket) throw new Error('another connection')
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
    const socket = line.socket()
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

  const bind = (socket: LineSocket): void => {
    const own = (act: (topic: Topic, holding: Holding) => void) => (topic: Topic) => {
      const holding = line.socket() === socket ? holdings.get(topic) : undefined
      if (holding) act(topic, holding)
    }
    socket.on('connect', () => {
      if (line.socket() !== socket) return
      connections++
      slowed = false
      toLeave.clear()
      toTune.clear()
      viewChanged = wishes.view !== null
      for (const holding of holdings.values()) {
        dropWaiting(holding)
        asking(holding)
      }
      void work()
    })
    socket.on('updates', (segments) => {
      for (const segment of segments)
        own((_, holding) => {
          if (hear(holding, segment, journal)) asking(holding)
        })(segment.topic)
      if (toAsk.size > 0) later()
    })
    socket.on('notice', (notice) => {
      if (notice.kind !== 'slowed' || line.socket() !== socket) return
      slowed = notice.rate !== null
      if (slowed) for (const holding of holdings.values()) holding.conflated = true
    })
    socket.on('heartbeat', ({ seqs }) => {
      for (const [topic, last] of Object.entries(seqs))
        own((_, holding) => {
          if (compare(holding, last, journal)) asking(holding)
        })(topic as Topic)
      if (toAsk.size > 0) later()
    })
    socket.on('gap', (gap) => {
      own((_, holding) => {
        journal.gaps++
        tell(holding, gap)
      })(gap.topic)
    })
  }
  const line = createLine(bind, choose, random)
  line.to(url)

  return {
    holdings,
    waitsFor: () => {
      const { connected = false } = line.socket() ?? {}
      if (!connected) return 'a connection'
      if (busy) return 'an answer'
      if (viewChanged || toAsk.size + toLeave.size + toTune.size > 0)
        return `its turn to ask for ${[...toAsk].slice(0, 3).join(', ') || 'what it changed'} (${refused})`
      const asking = [...holdings.values()].find(({ phase }) => phase !== 'live')
      return asking ? `${asking.topic}, ${asking.phase}` : null
    },
    connected: () => line.socket()?.connected === true,
    connections: () => connections,
    url: line.url,
    wishes: () => wishes,
    watch: (topic, tuning) => {
      wishes.topics.set(topic, tuning)
      toLeave.delete(topic)
      hold(topic, tuning)
      later(0)
    },
    unwatch: (topic) => {
      wishes.topics.delete(topic)
      forget(topic)
      toLeave.add(topic)
      later(0)
    },
    tune: (topic, tuning) => {
      wishes.topics.set(topic, tuning)
      const holding = holdings.get(topic)
      if (holding) holding.conflated ||= tuning.mode === 'latest'
      toTune.add(topic)
      later(0)
    },
    look: (view) => {
      wishes.view = view
      viewChanged = true
      const cells = new Set((view && cellsCovering(view.bounds))?.map(cellTopic))
      for (const topic of [...holdings.keys()]) if (topicKind(topic) === 'c' && !cells.has(topic)) forget(topic)
      for (const topic of cells) {
        const holding = holdings.get(topic)
        if (!holding) hold(topic, view?.tuning ?? {})
        else holding.conflated ||= view?.tuning.mode === 'latest'
      }
      later(0)
    },
    goTo: line.to,
    away: line.away,
    close: () => {
      clearTimeout(timer)
      line.close()
    },
  }
}
