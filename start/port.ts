import { createServer } from 'node:net'

/** Below the ports that systems give to outgoing connections, so that none of those takes a server's port while it restarts. */
const FIRST = 15_000
const COUNT = 16_000

const listen = (port: number, host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve()))
  })

/** Why nothing can listen there (`EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`, ...), or null where it can. */
export const portTrouble = (port: number, host: string): Promise<string | null> =>
  listen(port, host).then(
    () => null,
    (error: NodeJS.ErrnoException) => error.code ?? error.message,
  )

/** A port of the loopback address that nobody listened on just now. Another program may take it first: be ready to retry. */
export const freePort = async (random: () => number = Math.random): Promise<number> => {
  for (;;) {
    const port = FIRST + Math.floor(random() * COUNT)
    if ((await portTrouble(port, '127.0.0.1')) === null) return port
  }
}
