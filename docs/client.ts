import { io } from 'socket.io-client'

type Cursor = { epoch: string; seq: number }
type Segment = Cursor & { topic: string; after?: number; snapshot?: unknown }
type Result = {
  topic: string
  kind: string
  cursor: Cursor
  updates: Segment[]
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

const isRepeat = (update: Cursor, own: Cursor) => update.epoch === own.epoch && update.seq <= own.seq

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
    if (kind === 'snapshot') on.state(topic, snapshot)
    if (kind === 'replay') for (const update of updates) on.update(update)
    own.cursor = cursor
    if (held.some(({ epoch }) => epoch !== cursor.epoch)) return askFor([topic]) // of the life before this, or after
    for (const segment of held) if (!isRepeat(segment, cursor)) take(segment)
  }

  const take = (segment: Segment) => {
    const { topic, epoch, seq, after = seq - 1 } = segment
    const own = watched.get(topic)
    if (!own) return
    const { cursor } = own
    if (own.held || !cursor) return void own.held?.push(segment)
    const sameLife = epoch === cursor.epoch || (cursor.epoch === '' && after === 0)
    if ('snapshot' in segment) on.state(topic, segment.snapshot)
    else if (isRepeat(segment, cursor)) return
    else if (sameLife && after <= cursor.seq) on.update(segment)
    else return askFor([topic]) // something before it is missing
    own.cursor = { epoch, seq }
  }

  // Dead though nobody said so. Own ticks are counted, not time: a program that was stopped hears first what waited for it.
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
  socket.on('updates', (segments: Segment[]) => segments.forEach(take))
  socket.on('heartbeat', ({ seqs }: { seqs: Record<string, Cursor> }) => {
    for (const [topic, last] of Object.entries(seqs)) {
      const own = watched.get(topic)
      if (!own?.cursor || own.held) continue
      if (last.epoch !== own.cursor.epoch || last.seq > own.cursor.seq) askFor([topic])
    }
  })
  socket.on('connect', () => {
    for (const own of watched.values()) own.held = null
    askFor([...watched.keys()])
  })
  socket.on('notice', ({ kind, reconnectMs }: { kind: string; reconnectMs: number }) => {
    if (kind !== 'shutdown') return
    socket.io.reconnection(false) // not sooner, should the node be gone before
    setTimeout(() => {
      socket.io.reconnection(true)
      socket.disconnect().connect()
    }, reconnectMs)
  })
  const close = () => {
    clearInterval(watchdog)
    socket.disconnect()
  }
  return { close }
}
