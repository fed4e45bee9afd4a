import { io, type Socket } from 'socket.io-client'

export type Cursor = { epoch: string; seq: number }
export type Segment = Cursor & { topic: string; after?: number; candles?: unknown; snapshot?: unknown }
type Result = {
  topic: string
  kind: string
  cursor: Cursor
  updates?: Segment[]
  snapshot: unknown
  error: { code: string }
}
type Reply = { results: Result[] } | { error: { code: string } }
/** `cursor`: where we stand. `held`: what came before the node answered; null while no answer is awaited. */
type Watched = { cursor: Cursor | null; held: Segment[] | null }
type Handlers = {
  state: (topic: string, snapshot: unknown) => void
  update: (update: Segment) => void
  refused: (topic: string, code: string) => void
}

/** The rule of order. */
export const standing = (own: Cursor, { epoch, seq, after = seq - 1, candles }: Segment) => {
  if (epoch !== own.epoch) return own.epoch === '' && after === 0 ? 'next' : 'gap'
  if (seq <= own.seq) return 'repeat'
  return after === own.seq || (after < own.seq && !candles) ? 'next' : 'gap'
}

/** Whether a heartbeat tells of an update that has not come. */
const lags = ({ cursor, held }: Watched, last: Cursor) =>
  cursor !== null && held === null && (last.epoch !== cursor.epoch || last.seq > cursor.seq)

/** Connects anew where the connection is dead though nobody said so. Returns a function that stops it. */
const reconnectWhenSilent = (socket: Socket) => {
  // Own ticks are counted, not time: a program that was stopped hears first what waited.
  let silent = 0
  let watchdog: ReturnType<typeof setInterval> | undefined
  socket.onAny(() => {
    silent = 0
  })
  socket.on('hello', ({ heartbeatMs }: { heartbeatMs: number }) => {
    clearInterval(watchdog)
    watchdog = setInterval(() => {
      if (++silent > 3 && socket.connected) socket.disconnect().connect()
    }, heartbeatMs)
  })
  return () => clearInterval(watchdog)
}

/** A node that is about to stop says when to connect to another one. */
const moveWhenTold = (socket: Socket) => {
  socket.on('notice', ({ kind, reconnectMs }: { kind: string; reconnectMs: number }) => {
    if (kind !== 'shutdown') return
    socket.io.reconnection(false) // not sooner, should the node be gone before
    setTimeout(() => {
      socket.io.reconnection(true)
      socket.disconnect().connect()
    }, reconnectMs)
  })
}

export const watchFloor = (url: string, topics: string[], on: Handlers) => {
  const watched = new Map<string, Watched>(topics.map((topic) => [topic, { cursor: null, held: null }]))
  const toAsk = new Set<string>()
  let asking = false
  const socket = io(url, { transports: ['websocket'] })

  const later = (names: string[]) => setTimeout(() => askFor(names), 1000 + Math.random() * 1000)
  const askFor = (names: string[]) => {
    for (const name of names) toAsk.add(name)
    void ask()
  }
  /** One message at a time, with everything that has to be asked for. */
  const ask = async () => {
    if (asking || toAsk.size === 0 || !socket.connected) return
    asking = true
    const names = [...toAsk].filter((name) => watched.has(name))
    toAsk.clear()
    for (const name of names) (watched.get(name) as Watched).held ??= []
    try {
      const request = { topics: names.map((topic) => ({ topic, cursor: watched.get(topic)?.cursor ?? undefined })) }
      const reply: Reply = await socket.timeout(10_000).emitWithAck('watch', request)
      if ('error' in reply) later(names)
      else for (const result of reply.results) settle(result)
    } catch {
      if (socket.connected) socket.disconnect().connect() // no answer: begin again
    }
    asking = false
    void ask()
  }

  const settle = ({ topic, kind, cursor, updates, snapshot, error }: Result) => {
    const own = watched.get(topic)
    if (!own) return
    if (kind === 'error') {
      if (error.code === 'unavailable') return later([topic])
      watched.delete(topic)
      return on.refused(topic, error.code)
    }
    const held = own.held ?? []
    own.held = null
    if (kind === 'snapshot') {
      own.cursor = cursor
      on.state(topic, snapshot)
    }
    for (const update of updates ?? []) take(update)
    if (held.some(({ epoch }) => epoch !== cursor.epoch)) return askFor([topic]) // of the life before this, or after
    for (const segment of held) if (segment.seq > cursor.seq) take(segment)
  }

  const take = (segment: Segment) => {
    const { topic, epoch, seq } = segment
    const own = watched.get(topic)
    if (!own?.cursor || own.held) return void own?.held?.push(segment)
    const stands = 'snapshot' in segment ? 'anew' : standing(own.cursor, segment)
    if (stands === 'repeat') return
    if (stands === 'gap') return askFor([topic])
    own.cursor = { epoch, seq }
    if (stands === 'anew') on.state(topic, segment.snapshot)
    else on.update(segment)
  }

  socket.on('updates', (segments: Segment[]) => segments.forEach(take))
  socket.on('heartbeat', ({ seqs }: { seqs: Record<string, Cursor> }) => {
    for (const [topic, last] of Object.entries(seqs)) {
      const own = watched.get(topic)
      if (own && lags(own, last)) askFor([topic])
    }
  })
  socket.on('connect', () => {
    for (const own of watched.values()) own.held = null
    askFor([...watched.keys()])
  })
  moveWhenTold(socket)
  const stopWatching = reconnectWhenSilent(socket)
  socket.on('notice', ({ kind, topics }: { kind: string; topics: string[] }) => {
    if (kind !== 'withdrawn') return
    for (const topic of topics)
      if (watched.get(topic)?.held === null && watched.delete(topic)) on.refused(topic, 'not_allowed')
  })
  const close = () => {
    stopWatching()
    socket.disconnect()
  }
  return { close }
}
