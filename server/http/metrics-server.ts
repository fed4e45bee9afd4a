import { once } from 'node:events'
import type { Server as HttpServer } from 'node:http'
import type { Config } from '../config.ts'

/** Serves the metrics at an address of their own, where they have one. */
export const openMetrics = async (server: HttpServer, { METRICS_ADDRESS }: Config): Promise<void> => {
  if (METRICS_ADDRESS === undefined) return
  const { host, port } = METRICS_ADDRESS
  await once(server.listen({ host, port }), 'listening').catch((error: Error) => {
    throw new Error(
      `Cannot serve metrics at METRICS_ADDRESS=${host}:${port}: ${error.message}. Choose another address.`,
    )
  })
}

/** Ends a server and all its connections. */
export const closeAtOnce = (server: HttpServer): void => {
  server.close()
  server.closeAllConnections()
}
