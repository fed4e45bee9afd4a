import { io, type Socket } from 'socket.io-client'
import type {
  ClientToServer,
  Gap,
  Heartbeat,
  Hello,
  Notice,
  Segment,
  ServerToClient,
  UnwatchReply,
  WatchReply,
  WatchRequest,
} from '../../wire/protocol.ts'

export type TestClient = {
  socket: Socket<ServerToClient, ClientToServer>
  /** Every frame of updates that arrived, in order, as it came. */
  frames: Segment[][]
  hellos: Hello[]
  heartbeats: Heartbeat[]
  notices: Notice[]
  gaps: Gap[]
  /** The segments of one topic, in the order they arrived. */
  segments: (topic: string) => Segment[]
  watch: (request: WatchRequest) => Promise<WatchReply>
  /** Watches symbols and devices by topic name, from now. */
  watchTopics: (...topics: string[]) => Promise<WatchReply>
  unwatch: (...topics: string[]) => Promise<UnwatchReply>
  close: () => void
}

type Options = Parameters<typeof io>[1]

/** What a node answers may take long on a busy machine. */
const ANSWERED_MS = 60_000

/** Resolves once the node has greeted. A client that does not try again is refused at once. */
const greeted = (socket: TestClient['socket']): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no hello within ${ANSWERED_MS} ms`)), ANSWERED_MS)
    const settle = (act: () => void) => (): void => {
      clearTimeout(timer)
      act()
    }
    socket.once('hello', settle(resolve))
    if (!socket.io.reconnection())
      socket.once('connect_error', (error) => settle(() => reject(new Error(`refused: ${error.message}`)))())
  })

/**
 * A real client, as a browser's but for the DOM: websocket only, all that arrives recorded. Resolves after its hello;
 * rejects where it was refused and is not to try again.
 */
export const connectClient = async (url: string, options: Options = {}): Promise<TestClient> => {
  const socket: TestClient['socket'] = io(url, { transports: ['websocket'], forceNew: true, ...options })
  const frames: Segment[][] = []
  const hellos: Hello[] = []
  const heartbeats: Heartbeat[] = []
  const notices: Notice[] = []
  const gaps: Gap[] = []
  socket.on('updates', (segments) => frames.push(segments))
  socket.on('hello', (hello) => hellos.push(hello))
  socket.on('heartbeat', (heartbeat) => heartbeats.push(heartbeat))
  socket.on('notice', (notice) => notices.push(notice))
  socket.on('gap', (gap) => gaps.push(gap))
  const watch = (request: WatchRequest): Promise<WatchReply> =>
    socket.timeout(ANSWERED_MS).emitWithAck('watch', request)
  await greeted(socket).catch((error) => {
    socket.disconnect()
    throw error
  })
  return {
    socket,
    frames,
    hellos,
    heartbeats,
    notices,
    gaps,
    segments: (topic) => frames.flat().filter((segment) => segment.topic === topic),
    watch,
    watchTopics: (...topics) => watch({ topics: topics.map((topic) => ({ topic })) }),
    unwatch: (...topics) => socket.timeout(ANSWERED_MS).emitWithAck('unwatch', { topics }),
    close: () => socket.disconnect(),
  }
}
