import { createServer } from 'node:net'

const listen = (port: number, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : port))
    })
  })

/** A port of the loopback address that nobody listened on just now. Another program may take it first: be ready to retry. */
export const freePort = (): Promise<number> => listen(0, '127.0.0.1')

/** Why nothing can listen there (`EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`, ...), or null where it can. */
export const portTrouble = (port: number, host: string): Promise<string | null> =>
  listen(port, host).then(
    () => null,
    (error: NodeJS.ErrnoException) => error.code ?? error.message,
  )
