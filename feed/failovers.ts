import { Redis } from 'ioredis'
import type { RedisHost } from '../redis/address.ts'

/** Milliseconds between two attempts to reach a Sentinel that is away. */
const RECONNECT = 2000

/**
 * Hears from each Sentinel when it takes another server for the primary of that name, and which. Needed, because the primary before, where
 * it still runs, goes on as one for some ten seconds, and what it is told in that time is lost. `options`: how to connect. (The client
 * has a watch of its own, which prints an error for each Sentinel that is away.) The function it answers ends the watch.
 */
export const watchFailovers = (
  sentinels: readonly RedisHost[],
  primary: string,
  options: {
    connectionName: string
    connectTimeout: number
    disconnectTimeout: number
    password?: string
    tls?: object
  },
  onFailover: (to: RedisHost) => void,
): (() => void) => {
  const connections = sentinels.map((sentinel) => {
    const connection = new Redis({ ...options, ...sentinel, autoResubscribe: false, retryStrategy: () => RECONNECT })
    connection.on('error', () => {}) // it is tried again
    connection.on('message', (_channel, message) => {
      const [name, , , host = '', port = ''] = message.split(' ')
      if (name === primary) onFailover({ host, port: Number(port) })
    })
    connection.on('ready', () => {
      connection.subscribe('+switch-master').catch(() => {}) // the connection was lost again
    })
    return connection
  })
  return () => {
    for (const connection of connections) connection.disconnect()
  }
}
