import type { Socket } from 'socket.io-client'

/** What the node says to a message of a device. */
export type Reply = {
  accepted?: number
  repeats?: number
  refused?: string[]
  error?: { code: string; message?: string }
}

const REPLY_WITHIN_MS = 20_000
/** What these errors are about is over soon. */
const AGAIN = ['unavailable', 'rate_limited']

/** Sends one message after the other. What is not taken is sent again: soon, or by the next connection. */
export const oneByOne = <M>(
  socket: Socket,
  event: string,
  next: () => M | null,
  taken: (message: M, reply: Reply) => void,
) => {
  let isWaiting = false
  const send = async (): Promise<void> => {
    const message = isWaiting || !socket.connected ? null : next()
    if (message === null) return
    isWaiting = true
    const reply: Reply | null = await socket
      .timeout(REPLY_WITHIN_MS)
      .emitWithAck(event, message)
      .catch(() => null)
    const again = reply?.error !== undefined && AGAIN.includes(reply.error.code)
    if (again) await new Promise((resolve) => setTimeout(resolve, 1000 + 1000 * Math.random()))
    isWaiting = false
    if (reply === null && socket.connected) socket.disconnect().connect() // no answer: begin again
    if (reply !== null && !again) taken(message, reply)
    return send()
  }
  return send
}

/** Connects again where it was sent away or not let in. Returns a function that stops what is planned. */
export const keepTrying = (socket: Socket, isAwake: () => boolean, refused?: (code: string) => void) => {
  let trying: ReturnType<typeof setTimeout> | undefined
  const connectIn = (ms: number) => {
    clearTimeout(trying)
    trying = setTimeout(() => {
      socket.io.reconnection(true)
      if (isAwake()) socket.disconnect().connect()
    }, ms)
  }
  socket.on('connect_error', (error) => {
    if (socket.active) return // nobody is there: it is tried again anyway
    const { code = 'unavailable' } = (error as { data?: { code?: string } }).data ?? {}
    refused?.(code)
    connectIn((AGAIN.includes(code) ? 5000 : 60_000) * (1 + Math.random()))
  })
  socket.on('disconnect', (reason) => {
    if (reason === 'io server disconnect') connectIn(1000 + 1000 * Math.random())
  })
  socket.on('notice', ({ kind, reconnectMs }: { kind: string; reconnectMs: number }) => {
    if (kind !== 'shutdown') return
    socket.io.reconnection(false) // not sooner, should the node be gone before
    connectIn(reconnectMs)
  })
  return () => clearTimeout(trying)
}
