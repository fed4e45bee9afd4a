import { connect, type Socket } from 'node:net'
import type { Dialect } from '../load/client.ts'
import type { Tally } from './outcome.ts'

/**
 * What is abused, and the net in which the abuser has its addresses (`127.0.7`): each its own, for ports that were used
 * stay taken for a while.
 */
export type Target = { port: number; dialect: Dialect; redisUrl: string; net: string }

/** What an abuse may use. All that it starts ends with the scene. */
export type Scene = Pick<Tally, 'count' | 'waited' | 'remark'> & {
  target: Target
  /** Connects from the abuser's address number `from`. Nothing is read until `resume()`. */
  dial: (from?: number) => Socket
  /** Ends a connection by itself: that is no cut. */
  leave: (socket: Socket) => void
  /** Has `open` called now, and again some time after each connection that it opened has ended. */
  keep: (open: () => Socket, restMs?: number) => void
  /** Calls `work` so many times a second, evenly. */
  steadily: (perSecond: number, work: () => void) => void
  /** Sends messages, unless so much waits already that the other end evidently reads nothing: then it returns false. */
  send: (socket: Socket, bytes: Buffer | string, messages?: number) => boolean
  /** Has `close` called when the scene ends. */
  atEnd: (close: () => void) => void
  over: () => boolean
}

/** So long an abuser whose connection was ended waits before it connects again. */
const REST_MS = 1000
const TICK_MS = 5
/** So much may wait in this process for a server that does not read. */
const MOST_HELD = 4 * 2 ** 20
/** A connection that ends so soon, and on which nothing came, was turned away. */
const AT_ONCE_MS = 500

export const openScene = (target: Target, tally: Tally): { scene: Scene; end: () => void } => {
  const { count, waited, remark } = tally
  const closes = new Set<() => void>()
  const left = new WeakSet<Socket>()
  let over = false

  const dial = (from = 0): Socket => {
    const began = performance.now()
    const localAddress = `${target.net}.${1 + from}`
    const socket = connect({ port: target.port, host: '127.0.0.1', localAddress, noDelay: true })
    const close = (): void => void socket.destroy()
    closes.add(close)
    count('opened')
    socket.on('error', () => {}) // `close` follows
    socket.on('close', () => {
      closes.delete(close)
      if (over || left.has(socket)) return
      const soon = performance.now() - began < AT_ONCE_MS && socket.bytesRead === 0
      count(soon ? 'turnedAway' : 'cut')
    })
    return socket.pause()
  }

  const leave = (socket: Socket): void => {
    left.add(socket)
    socket.resetAndDestroy()
  }

  const keep = (open: () => Socket, restMs = REST_MS): void => {
    if (over) return
    open().once('close', () => {
      if (!over) setTimeout(() => keep(open, restMs), restMs)
    })
  }

  const steadily = (perSecond: number, work: () => void): void => {
    const began = performance.now()
    let done = 0
    const timer = setInterval(() => {
      const due = Math.floor(((performance.now() - began) / 1000) * perSecond)
      for (; done < due; done++) work()
    }, TICK_MS)
    closes.add(() => clearInterval(timer))
  }

  const send = (socket: Socket, bytes: Buffer | string, messages = 1): boolean => {
    if (socket.destroyed) return false
    const held = socket.writableLength > MOST_HELD
    if (!held) socket.write(bytes)
    count(held ? 'held' : 'sent', messages)
    return !held
  }

  const end = (): void => {
    over = true
    for (const close of closes) close()
  }
  const atEnd = (close: () => void): void => void closes.add(close)
  return { scene: { target, count, waited, remark, dial, leave, keep, steadily, send, atEnd, over: () => over }, end }
}
