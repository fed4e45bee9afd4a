import { io, type Socket } from 'socket.io-client'
import { type Bounds, cellsCovering } from '../../../wire/cells.ts'
import { NOWHERE } from '../../../wire/cursors.ts'
import type { ClientToServer, Cursor, ServerToClient, WatchReply, WatchRequest } from '../../../wire/protocol.ts'
import { cellTopic, type Topic, topicKind } from '../../../wire/topics.ts'
import {
  compare,
  dropWaiting,
  type Holding,
  hear,
  type Journal,
  newHolding,
  newJournal,
  settle,
  tell,
} from './holding.ts'

/** What a reader watches. */
export type Wants = { topics: readonly Topic[]; bounds?: Bounds | null }

/** A client that follows docs/protocol.md to the letter: it owns its watches, and folds what it is sent. */
export type Reader = {
  holdings: ReadonlyMap<Topic, Holding>
  journal: Journal
  /** Every topic was answered, and none has to be asked for again. */
  settled: () => boolean
  connected: () => boolean
  connections: () => number
  disconnect: () => void
  connect: () => void
  close: () => void
}

const RETRY_MS = 250

/** Opens a reader; it keeps what it knows over reconnections, and asks for what came since. */
export const openReader = (url: string, wants: Wants, contents?: Map<string, string>): Reader => {
  const bounds = wants.bounds ?? null
  const cells = bounds ? (cellsCovering(bounds) ?? []).map(cellTopic) : []
  const holdings = new Map<Topic, Holding>([...wants.topics, ...cells].map((topic) => [topic, newHolding(topic)]))
  const journal = newJournal(contents)
  const toAsk = new Set<Topic>()
  let connections = 0
  let asking = false
  let closed = false

  const socket: Socket<ServerToClient, ClientToServer> = io(url, {
    transports: ['websocket'],
    forceNew: true,
    reconnectionDelay: 100,
    reconnectionDelayMax: 1000,
  })

  const requestOf = (asked: readonly Topic[]): WatchRequest => {
    const cursorOf = (topic: Topic): Cursor | null => holdings.get(topic)?.cursor ?? null
    const topics = asked
      .filter((topic) => topicKind(topic) !== 'c')
      .map((topic) => ({ topic, ...(cursorOf(topic) && { cursor: cursorOf(topic) as Cursor }) }))
    const lost = asked.filter((topic) => topicKind(topic) === 'c')
    if (lost.length === 0 || bounds === null) return { topics }
    return {
      topics,
      view: { bounds, cursors: Object.fromEntries(lost.map((topic) => [topic, cursorOf(topic) ?? NOWHERE])) },
    }
  }

  const later = (): void => {
    if (!closed) setTimeout(() => void ask(), RETRY_MS).unref()
  }

  const take = (reply: WatchReply, asked: readonly Topic[]): void => {
    if ('error' in reply) {
      for (const topic of asked) toAsk.add(topic)
      return
    }
    for (const result of reply.results) {
      const holding = holdings.get(result.topic as Topic)
      if (holding && settle(holding, result, journal)) toAsk.add(holding.topic)
    }
  }

  /** Everything that has to be asked for, as one message; one message at a time. */
  const ask = async (): Promise<void> => {
    if (asking || toAsk.size === 0 || !socket.connected) return
    asking = true
    const of = connections
    const asked = [...toAsk]
    toAsk.clear()
    for (const topic of asked) {
      const holding = holdings.get(topic)
      if (holding) holding.phase = 'asking'
    }
    try {
      const reply = await socket.timeout(10_000).emitWithAck('watch', requestOf(asked))
      if (of === connections && socket.connected) take(reply, asked)
      else for (const topic of asked) toAsk.add(topic)
    } catch {
      for (const topic of asked) toAsk.add(topic)
    } finally {
      asking = false
      if (toAsk.size > 0) later()
    }
  }

  socket.on('connect', () => {
    connections++
    for (const holding of holdings.values()) {
      holding.phase = 'asking'
      dropWaiting(holding)
      toAsk.add(holding.topic)
    }
    void ask()
  })
  socket.on('updates', (segments) => {
    for (const segment of segments) {
      const holding = holdings.get(segment.topic)
      if (holding && hear(holding, segment, journal)) toAsk.add(holding.topic)
    }
    if (toAsk.size > 0) later()
  })
  socket.on('heartbeat', ({ seqs }) => {
    for (const [topic, last] of Object.entries(seqs)) {
      const holding = holdings.get(topic as Topic)
      if (holding && compare(holding, last, journal)) toAsk.add(holding.topic)
    }
    if (toAsk.size > 0) later()
  })
  socket.on('gap', (gap) => {
    journal.gaps++
    journal.gapsOf.add(topicKind(gap.topic))
    const holding = holdings.get(gap.topic)
    if (holding) tell(holding, gap)
  })
  // Own ticks are counted, not time: a process that was stopped hears first what waited for it.
  let silent = 0
  let watchdog: NodeJS.Timeout | undefined
  socket.onAny(() => {
    silent = 0
  })
  socket.on('hello', ({ heartbeatMs }) => {
    clearInterval(watchdog)
    watchdog = setInterval(() => {
      if (++silent > 3 && socket.connected) socket.disconnect().connect()
    }, heartbeatMs).unref()
  })
  let moving = false
  const comeBack = (ms: number): void => {
    moving = true
    // Not sooner, should the node be gone before.
    socket.io.reconnection(false)
    setTimeout(() => {
      moving = false
      socket.io.reconnection(true)
      if (!closed) socket.disconnect().connect()
    }, ms).unref()
  }
  socket.on('notice', (notice) => {
    if (notice.kind === 'shutdown' && !moving) comeBack(notice.reconnectMs)
  })
  // A node that closes its sockets from its side: socket.io-client does not come back by itself.
  socket.on('disconnect', (reason) => {
    if (reason === 'io server disconnect' && !moving) comeBack(RETRY_MS)
  })

  return {
    holdings,
    journal,
    settled: () => !asking && toAsk.size === 0 && [...holdings.values()].every(({ phase }) => phase === 'live'),
    connected: () => socket.connected,
    connections: () => connections,
    disconnect: () => void socket.disconnect(),
    connect: () => void socket.connect(),
    close: () => {
      closed = true
      clearInterval(watchdog)
      socket.disconnect()
    },
  }
}
