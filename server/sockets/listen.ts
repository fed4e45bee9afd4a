import type { Server } from 'node:http'
import type { Config } from '../config.ts'
import type { Faults } from '../faults.ts'

/**
 * Connections that may wait to be accepted: after a restart all clients come at once, and one that is turned away waits
 * seconds.
 */
const BACKLOG = 4096

/** How long requests that are under way may take when the node stops. */
const LAST_ANSWERS_MS = 1000

/** Opens the port of a node; throws, with the remedy, where it cannot. */
export const listen = async (http: Server, config: Config): Promise<void> => {
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject)
    http.listen({ port: config.PORT, host: config.HOST, backlog: BACKLOG }, resolve)
  }).catch((error: NodeJS.ErrnoException) => {
    throw new Error(explain(error, config))
  })
}

export type Closing = {
  /** Takes no new connections; those that are open stay. */
  stopListening: () => void
  /** Resolves once `ended` has, and all connections are closed. */
  closed: (ended: () => Promise<void>) => Promise<void>
}

/** How a node's port is closed: in order, and then by force. */
export const closing = (http: Server, faults: Faults): Closing => {
  let closed: Promise<unknown> | null = null
  const stopListening = (): void => {
    closed ??= new Promise((resolve) => http.close(resolve))
  }
  return {
    stopListening,
    closed: async (ended) => {
      stopListening()
      // A kept-alive connection that is never idle, such as a balancer's, would keep the server open.
      const cut = setTimeout(
        faults.guard('stop', () => http.closeAllConnections()),
        LAST_ANSWERS_MS,
      )
      await ended()
      await closed
      clearTimeout(cut)
    },
  }
}

const explain = (error: NodeJS.ErrnoException, { HOST, PORT }: Config): string => {
  if (error.code === 'EADDRINUSE') return `Port ${PORT} of ${HOST} is in use. Choose another with PORT=${PORT + 1}.`
  if (error.code === 'EACCES') return `Port ${PORT} may not be opened by this user. Choose one above 1023 with PORT.`
  if (error.code === 'EADDRNOTAVAIL') return `This machine has no address ${HOST}. Set HOST to one that it has.`
  return `Cannot listen on ${HOST}:${PORT}: ${error.message}`
}
