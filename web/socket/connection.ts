import { io, type Socket } from 'socket.io-client'
import type { ClockReply, ClockRequest } from '../../wire/past.ts'
import type { RenewReply } from '../../wire/people.ts'
import type { ClientToServer, ServerToClient } from '../../wire/protocol.ts'
import type { ConnectionState } from '../state/connection-state.ts'
import { actsOver } from './acts.ts'
import { createAlarm } from './alarm.ts'
import { retryDelay } from './backoff.ts'
import type { Ask } from './rounds.ts'

export type ConnectionEvents = ServerToClient & { state: (state: ConnectionState) => void }

export type ConnectionOptions = {
  url?: string
  /** Where the floor is met, if not in the one of now. */
  namespace?: string | undefined
  /** What this page says as it joins. */
  auth?: (() => object) | undefined
  now: () => number
  random: () => number
  on: ConnectionEvents
  /** The node is there, and does not let this page in. */
  onRefused?: () => void
}
type Where = Pick<ConnectionOptions, 'url' | 'namespace' | 'auth'>

/** How long an answer may take before the connection counts as broken, in milliseconds. */
const ANSWER_WITHIN = 10_000

const OPTIONS = {
  transports: ['websocket'],
  reconnection: false,
  autoConnect: false,
  timeout: ANSWER_WITHIN,
  forceNew: true,
}

type FloorSocket = Socket<ServerToClient, ClientToServer>

const askOver = (socket: FloorSocket): Ask => ({
  watch: (request) => socket.timeout(ANSWER_WITHIN).emitWithAck('watch', request),
  unwatch: (request) => socket.timeout(ANSWER_WITHIN).emitWithAck('unwatch', request),
  tune: (request) => socket.timeout(ANSWER_WITHIN).emitWithAck('tune', request),
})

const openSocket = ({ url = '', namespace = '', auth }: Where): FloorSocket => {
  const options = { ...OPTIONS, ...(auth && { auth: (give: (said: object) => void) => give(auth()) }) }
  const where = `${url}${namespace}`
  return where === '' ? io(options) : io(where, options)
}

/** Whether it is the node that said no; else the connection could not be made. */
const isRefusal = (error: Error): boolean => 'data' in error

/**
 * Owns the socket: WebSocket only, so that any node will do. Tries for ever, with random pauses; a node that says it
 * shuts down names the pause itself.
 */
export const createConnection = ({ now, random, on, onRefused, ...where }: ConnectionOptions) => {
  const socket = openSocket(where)
  let attempt = 0
  const alarm = createAlarm()
  let phase: ConnectionState['phase'] = 'waiting'
  /** When a node that shuts down wants this client to leave: not all clients at once. */
  let leaveAt: number | null = null

  const become = (state: ConnectionState): void => {
    phase = state.phase
    alarm.stop()
    on.state(state)
  }

  const open = (): void => {
    if (phase !== 'waiting') return
    become({ phase: 'connecting' })
    // The transport may stand and the node yet say nothing: this, too, ends.
    alarm.set(ANSWER_WITHIN, () => {
      socket.disconnect()
      retry('no answer')
    })
    socket.connect()
  }

  const retry = (reason: string): void => {
    if (phase === 'closed' || phase === 'waiting') return
    const wait = leaveAt === null ? retryDelay(attempt, random()) : Math.max(0, leaveAt - now())
    leaveAt = null
    attempt++
    become({ phase: 'waiting', retryAt: now() + wait, attempt, reason })
    alarm.set(wait, open)
  }

  socket.on('connect', () => become({ phase: 'live' }))
  socket.on('connect_error', (error) => {
    retry(error.message)
    if (isRefusal(error)) onRefused?.()
  })
  socket.on('disconnect', (reason) => retry(reason))
  socket.on('hello', (hello) => {
    attempt = 0
    on.hello(hello)
  })
  socket.on('updates', on.updates)
  socket.on('heartbeat', on.heartbeat)
  socket.on('gap', on.gap)
  socket.on('notice', (notice) => {
    on.notice(notice)
    if (notice.kind !== 'shutdown' || leaveAt !== null) return
    // Until then it still sends, or has gone before: then the rest of the time is waited.
    leaveAt = now() + notice.reconnectMs
    alarm.set(notice.reconnectMs, () => socket.disconnect())
  })

  return {
    open,
    /** Tries at once instead of waiting on: the network is back, or a person asked for it. */
    hurry: (): void => {
      attempt = 0
      open()
    },
    /** Gives the connection up and starts over: the node is silent, or this page is about to sleep. */
    restart: (): void => {
      if (socket.connected) socket.disconnect()
    },
    close: (): void => {
      become({ phase: 'closed' })
      socket.disconnect()
    },
    connected: (): boolean => socket.connected,
    ask: askOver(socket),
    acts: actsOver(socket, ANSWER_WITHIN),
    renew: (ticket: string): Promise<RenewReply> =>
      socket.timeout(ANSWER_WITHIN).emitWithAck('renew', { token: ticket }),
    /** Of the past only: moves this page's clock. */
    moveClock: (request: ClockRequest): Promise<ClockReply> =>
      socket.timeout(ANSWER_WITHIN).emitWithAck('clock', request),
  }
}
export type Connection = ReturnType<typeof createConnection>
