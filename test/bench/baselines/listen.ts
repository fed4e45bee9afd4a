import type { Server } from 'node:http'

/** Listens on the loopback address; resolves when it does. */
export const listen = (http: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    http.once('error', reject)
    http.listen(port, '127.0.0.1', 4096, resolve)
  })
