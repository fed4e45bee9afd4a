import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Faults } from '../faults.ts'
import { stopParsing } from './parsing.ts'

export type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** Why a connection was cut: it sent more requests than may wait, or did not take its answer. */
export type Cut = 'pipelined' | 'stalled'

/** Requests that may wait on a connection for the answers before theirs. */
const MOST_WAITING = 8
/** An answer that is not taken by then never will be, in milliseconds. One of which nothing is taken is cut sooner. */
const LONGEST_MS = 60_000

/**
 * One answer at a time on each connection: requests that are sent ahead wait, and a connection that sends many of them
 * is cut.
 */
export const createLines = (answer: Handler, cut: (why: Cut) => void, faults: Faults) => {
  const lines = new WeakMap<Socket, (() => void)[]>()
  const ending = new WeakSet<Socket>()

  const begin = (request: IncomingMessage, response: ServerResponse, line: (() => void)[]): void => {
    const { socket } = request
    const destroy = (): unknown => socket.destroy()
    const stalled = (): void => {
      destroy()
      cut('stalled')
    }
    const timer = setTimeout(faults.guard('http.connection', stalled, destroy), LONGEST_MS)
    const closed = (): void => {
      clearTimeout(timer)
      const next = socket.destroyed ? undefined : line.shift()
      if (next) next()
      else {
        lines.delete(socket)
        if (ending.has(socket)) socket.destroySoon()
      }
    }
    response.once('close', faults.guard('http.connection', closed, destroy))
    answer(request, response)
  }

  return {
    handle: ((request, response) => {
      const { socket } = request
      // What was read together with the request that it was cut for.
      if (socket.destroyed) return
      const line = lines.get(socket)
      if (!line) {
        const empty: (() => void)[] = []
        lines.set(socket, empty)
        begin(request, response, empty)
      } else if (line.length < MOST_WAITING) {
        line.push(() => begin(request, response, line))
      } else {
        cut('pipelined')
        stopParsing(socket)
        socket.destroy()
      }
    }) satisfies Handler,
    /** Whether an answer is under way on this connection. */
    isBusy: (socket: Socket): boolean => lines.has(socket),
    /** Ends a busy connection once what is under way on it is answered; false where it is ending already. */
    endAfter: (socket: Socket): boolean => {
      if (ending.has(socket)) return false
      ending.add(socket)
      return true
    },
  }
}
