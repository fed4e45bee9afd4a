import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { type Addresses, keyOf } from '../../access/addresses.ts'
import { capConnections } from '../../access/connections.ts'
import type { Config } from '../../config.ts'
import type { Faults } from '../../faults.ts'
import { IDLE_MS, type NmeaLinePorts, serveLine } from './nmea-line.ts'

export type NmeaServerPorts = Omit<NmeaLinePorts, 'isStopping'> & {
  config: Pick<Config, 'HOST' | 'MAX_CONNECTIONS' | 'MAX_CONNECTIONS_PER_ADDRESS'> & { NMEA_PORT: number }
  addresses: Addresses
  faults: Faults
}

export type NmeaServer = {
  /** Open connections. */
  count: () => number
  /** Ends all connections, once what they brought is with Redis, or cannot be. */
  close: () => Promise<void>
}

/** For what is under way when the node stops, in milliseconds. */
const LAST_REPORTS_MS = 2000

/**
 * Takes NMEA 0183 over TCP, a device a connection. Connections are capped as those of HTTP are, and counted apart.
 * Throws, with the remedy, where the port cannot be opened.
 */
export const openNmea = async (ports: NmeaServerPorts): Promise<NmeaServer> => {
  const { config, addresses, faults, wait, dropped } = ports
  const sockets = new Set<Socket>()
  const lines = new Set<Promise<void>>()
  let isStopping = false
  const serve = async (socket: Socket): Promise<void> => {
    const address = keyOf(socket.remoteAddress)
    socket.on('error', ignore)
    socket.setTimeout(
      IDLE_MS,
      faults.guard('device.line', () => socket.destroy()),
    )
    sockets.add(socket)
    const line = serveLine(socket, address, { ...ports, isStopping: () => isStopping })
    lines.add(line)
    await line.finally(() => {
      sockets.delete(socket)
      lines.delete(line)
    })
  }
  // What goes wrong with a connection, whoever reads it hears.
  const ignore = faults.guard('device.line', () => {})
  const server = createServer({ keepAlive: true })
  const caps = { addresses, most: config.MAX_CONNECTIONS, mostOfAnAddress: config.MAX_CONNECTIONS_PER_ADDRESS }
  capConnections(server, caps, () => dropped('nmea_full'), faults)
  const connected = faults.guard('device.line', serve, (_error, socket) => socket.destroy())
  server.on('connection', (socket) => {
    if (!socket.destroyed) connected(socket)
  })
  await listen(server, config)
  return {
    count: () => sockets.size,
    close: async () => {
      isStopping = true
      server.close()
      for (const socket of sockets) socket.destroy()
      await Promise.race([Promise.allSettled(lines), wait(LAST_REPORTS_MS)])
    },
  }
}

const listen = async (server: Server, { HOST, NMEA_PORT }: NmeaServerPorts['config']): Promise<void> => {
  await once(server.listen({ port: NMEA_PORT, host: HOST }), 'listening').catch((error: Error) => {
    throw new Error(`Cannot listen on NMEA_PORT=${NMEA_PORT} of ${HOST}: ${error.message}. Choose another port.`)
  })
}
