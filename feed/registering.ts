import { MOST_LISTED, registerDevices } from '../wire/calls.ts'
import type { DeviceEntry } from '../wire/register.ts'
import type { Delivery } from './delivery.ts'
import type { Port } from './port.ts'

/** Devices that the register is to hear of: new ones, and those that were described. Many go in one call. */
export type Registering = {
  add: (device: DeviceEntry) => void
  /** How many can be told now. */
  waiting: () => number
  /** How many failed when they were told last; `retry` lets them be told again. */
  failing: () => number
  retry: () => void
  /** Tells the next of them. */
  send: () => Promise<void>
}

export const createRegistering = (port: Port, failed: Delivery['failed'], onAnswer: () => void): Registering => {
  const waiting = new Map<string, DeviceEntry>()
  const failing = new Map<string, DeviceEntry>()
  /** What came later counts; an id alone says nothing. */
  const add = (device: DeviceEntry): void => {
    waiting.set(device.id, { ...waiting.get(device.id), ...device })
  }
  return {
    add,
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
