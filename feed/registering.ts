import { MOST_LISTED, registerDevices } from '../wire/calls.ts'
import type { DeviceEntry } from '../wire/register.ts'
import type { Delivery } from './delivery.ts'
import type { Names } from './names.ts'
import type { Port } from './port.ts'

/** Devices that the register is to hear of: new ones, and those that were described. Many go in one call. */
export type Registering = Omit<Names, 'add'> & { add: (device: DeviceEntry) => void }

export const createRegistering = (port: Port, failed: Delivery['failed'], onAnswer: () => void): Registering => {
  const waiting = new Map<string, DeviceEntry>()
  const failing = new Map<string, DeviceEntry>()
  /** What came later counts; an id alone says nothing. */
  const add = (device: DeviceEntry): void => {
    waiting.set(device.id, { ...waiting.get(device.id), ...device })
  }
  return {
    add,
    // After Redis came back empty, devices are new, or described again.
    addAllAgain: () => {},
    waiting: () => waiting.size,
    failing: () => failing.size,
    retry: () => {
      for (const [id, device] of failing) waiting.set(id, { ...device, ...waiting.get(id) })
    },
    send: async () => {
      const devices = [...waiting.values()].slice(0, MOST_LISTED)
      for (const { id } of devices) waiting.delete(id)
      const [reply] = await port.run([registerDevices(devices)])
      for (const { id } of devices) failing.delete(id)
      if (!(reply instanceof Error)) onAnswer()
      else if (failed(reply, () => devices[0]?.id)) for (const device of devices) failing.set(device.id, device)
    },
  }
}
