import { io, type Socket } from 'socket.io-client'
import type { ClientToServer, Segment, ServerToClient, WatchReply } from '../../../wire/protocol.ts'
import { type Followed, follow, type Known } from './known.ts'

export type LineSocket = Socket<ServerToClient, ClientToServer>

export type LineOptions = {
  /** Nodes, one as good as the other; they may come and go. */
  urls: readonly string[]
  cookie: string
  follow: readonly Followed[]
  /** Called with each connection, once it is there. */
  connected: () => void
}

const ANSWERED_MS = 10_000
const AGAIN_MS = 200
const COMES_BACK_MS = 300

/**
 * A connection to any of several nodes, for ever: where one is lost, another is tried. What it follows is asked for
 * again from where it stood.
 */
export const openLine = ({ urls, cookie, follow: topics, connected }: LineOptions, first: number) => {
  let socket: LineSocket | null = null
  let place = first
  let closed = false
  const known = new Map<string, Known>()
  for (const one of topics)
    known.set(
      one.topic,
      follow(one, () => void later(() => askFor([one.topic]), AGAIN_MS)),
    )

  const later = (work: () => unknown, ms: number): NodeJS.Timeout =>
    setTimeout(() => {
      if (!closed) work()
    }, ms)

  const askFor = async (names: readonly string[]): Promise<void> => {
    const asked = socket
    if (!asked?.connected) return
    const wanted = names.flatMap((name) => known.get(name) ?? [])
    for (const one of wanted) one.ask()
    const standing = (one: Known) => {
      const cursor = one.cursor()
      return { topic: one.topic, ...(cursor && { cursor }) }
    }
    try {
      const reply: WatchReply = await asked.timeout(ANSWERED_MS).emitWithAck('watch', { topics: wanted.map(standing) })
      if (asked !== socket) return
      if ('error' in reply) throw new Error(reply.error.code)
      for (const result of reply.results) known.get(result.topic)?.answer(result)
    } catch {
      if (asked === socket) later(() => askFor(names), AGAIN_MS)
    }
  }

  const open = (): void => {
    const url = urls[place++ % urls.length] ?? ''
    const options = { transports: ['websocket'], forceNew: true, reconnection: false, extraHeaders: { Cookie: cookie } }
    const own: LineSocket = io(url, options)
    socket = own
    const lost = (): void => {
      if (own !== socket) return
      socket = null
      own.disconnect()
      later(open, COMES_BACK_MS)
    }
    own.on('hello', () => {
      void askFor([...known.keys()])
      connected()
    })
    own.on('updates', (segments: Segment[]) => {
      if (own === socket) for (const segment of segments) known.get(segment.topic)?.take(segment)
    })
    own.on('notice', (notice) => {
      if (notice.kind === 'shutdown') later(lost, notice.reconnectMs)
    })
    own.on('disconnect', lost)
    own.on('connect_error', lost)
  }
  open()

  return {
    socket: (): LineSocket | null => (socket?.connected ? socket : null),
    /** Loses the connection, as a network may. */
    drop: (): void => void socket?.io.engine.close(),
    close: (): void => {
      closed = true
      socket?.disconnect()
    },
  }
}
