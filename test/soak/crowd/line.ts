import { io, type Socket } from 'socket.io-client'
import type { ClientToServer, ServerToClient } from '../../../wire/protocol.ts'

export type LineSocket = Socket<ServerToClient, ClientToServer>

/** A client's connection, to one node after the other. */
export type Line = {
  socket: () => LineSocket | null
  url: () => string
  /** Ends the connection there is and opens one to this node. */
  to: (url: string) => void
  /** Stays away until `to`. */
  away: () => void
  close: () => void
}

/** A moment, so that all who lost the same node do not come at once. */
const BACK_MS = [100, 900] as const

/**
 * `bind` gets each new socket, before it connects. When a connection is lost, or the node says that it is going,
 * another is opened to the node that `choose` names.
 */
export const createLine = (bind: (socket: LineSocket) => void, choose: () => string, random: () => number): Line => {
  let socket: LineSocket | null = null
  let at = ''
  let timer: NodeJS.Timeout | undefined
  let closed = false

  const drop = (): void => {
    clearTimeout(timer)
    const old = socket
    socket = null
    old?.disconnect()
  }
  const later = (ms = BACK_MS[0] + random() * (BACK_MS[1] - BACK_MS[0])): void => {
    clearTimeout(timer)
    if (!closed) timer = setTimeout(() => to(choose()), ms)
  }
  const to = (url: string): void => {
    drop()
    if (closed) return
    at = url
    const opened: LineSocket = io(url, {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      timeout: 4000,
    })
    socket = opened
    const lost = (): void => {
      if (socket !== opened) return
      drop()
      later()
    }
    opened.on('disconnect', lost).on('connect_error', lost)
    opened.on('notice', (notice) => {
      if (notice.kind === 'shutdown' && socket === opened) later(notice.reconnectMs)
    })
    bind(opened)
  }
  return {
    socket: () => socket,
    url: () => at,
    to,
    away: drop,
    close: () => {
      closed = true
      drop()
    },
  }
}
