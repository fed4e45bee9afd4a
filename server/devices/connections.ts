import { type Connection, type ConnectionPorts, openConnection } from './connection.ts'
import type { DeviceConnections } from './ports.ts'

/** The devices that are connected to this node. `tick`: called once a second. */
export const createConnections = (ports: ConnectionPorts): DeviceConnections & { tick: () => void } => {
  const all = new Set<Connection>()
  return {
    open: (admitted, end) => {
      const connection = openConnection(ports, admitted, {
        ...end,
        end: (reason) => {
          all.delete(connection)
          end.end(reason)
        },
      })
      all.add(connection)
      return {
        close: () => {
          all.delete(connection)
          connection.close()
        },
      }
    },
    count: () => all.size,
    tick: () => {
      for (const connection of all) connection.tick()
    },
  }
}
