import type { Faults } from '../faults.ts'
import { Connection, type ConnectionPorts } from './connection.ts'
import type { DeviceConnections } from './ports.ts'

export type ConnectionsPorts = Pick<ConnectionPorts, 'demand' | 'send' | 'readKey' | 'now'> & { faults: Faults }

/** The devices that are connected to this node. `tick`: called once a second. */
export const createConnections = ({ faults, ...ports }: ConnectionsPorts): DeviceConnections & { tick: () => void } => {
  const all = new Set<Connection>()
  const restless = new Set<Connection>()
  const run = faults.guard('device.connection', (work: { run: () => Promise<void> }) => work.run())
  const shared: ConnectionPorts = { ...ports, run, all, restless }
  return {
    open: (admitted, end) => {
      const connection = new Connection(shared, admitted, end)
      return { close: () => connection.close() }
    },
    count: () => all.size,
    tick: () => {
      // Those that are stirred by this wait for the next one.
      for (const connection of [...restless]) {
        restless.delete(connection)
        if (connection.tick()) restless.add(connection)
      }
    },
  }
}
