import { createServer, type Server } from 'node:net'
import { addressOf } from './address.ts'

/**
 * Below the ports that systems give to outgoing connections, so that none of those takes a server's port while it
 * restarts.
 */
const FIRST = 15_000
const COUNT = 16_000
/** How long a connection within this machine may take; milliseconds. */
const REACH_MS = 5000

const listening = (server: Server, port: number, host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host, exclusive: true }, resolve)
  })

const codeOf = ({ code, message }: NodeJS.ErrnoException): string => code ?? message

/** Why nothing can listen there (`EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`, ...), or null where it can. */
const portTrouble = (port: number, host: string): Promise<string | null> => {
  const server = createServer()
  return listening(server, port, host).then(() => new Promise((resolve) => server.close(() => resolve(null))), codeOf)
}

/** Why a program cannot reach a server that listens at `address`, or null where it can. */
const reachTrouble = async (address: string): Promise<string | null> => {
  try {
    await fetch(address, { signal: AbortSignal.timeout(REACH_MS) })
    return null
  } catch (error) {
    return codeOf(((error as Error).cause ?? error) as NodeJS.ErrnoException)
  }
}

/**
 * Why no browser here could use a server there, or null where one can. Besides ports that are taken this finds those
 * that browsers refuse (`bad port`), and addresses at which one can listen but that nobody reaches, as those of a
 * multicast.
 */
export const serverTrouble = async (port: number, host: string): Promise<string | null> => {
  let reached = false
  const server = createServer((socket) => {
    reached = true
    socket.destroy()
  })
  try {
    await listening(server, port, host)
  } catch (error) {
    return codeOf(error as NodeJS.ErrnoException)
  }
  const trouble = await reachTrouble(addressOf(host, port))
  server.close()
  return reached ? null : trouble
}

/**
 * A port of the loopback address that nobody listened on just now. Another program may take it first: be ready to
 * retry.
 */
export const freePort = async (random: () => number = Math.random): Promise<number> => {
  for (;;) {
    const port = FIRST + Math.floor(random() * COUNT)
    if ((await portTrouble(port, '127.0.0.1')) === null) return port
  }
}
