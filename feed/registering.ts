import { MOST_LISTED, registerDevices } from '../wire/calls.ts'
import type { DeviceEntry } from '../wire/register.ts'
import type { Port } from './port.ts'
import type { Tally } from './tally.ts'
import { createTold, type Told } from './told.ts'

/**
 * Devices that the register is to hear of: new ones, and those that were described. Many go in one call. After Redis
 * came back empty, devices are new, or described again.
 */
export type Registering = Omit<Told, 'add'> & { add: (device: DeviceEntry) => void }

export const createRegistering = (port: Port, failed: Tally['failed'], onAnswer: () => void): Registering => {
  const entries = new Map<string, DeviceEntry>()
  const told = createTold(MOST_LISTED, async (ids) => {
    const devices = ids.map((id) => entries.get(id) ?? { id })
    for (const id of ids) entries.delete(id)
    const [reply] = await port.run([registerDevices(devices)])
    if (!(reply instanceof Error)) onAnswer()
    else if (failed(reply, () => ids[0])) {
      for (const device of devices) entries.set(device.id, { ...device, ...entries.get(device.id) })
      return ids
    }
    return []
  })
  return {
    ...told,
    /** What came later counts; an id alone says nothing. */
    add: (device) => {
      entries.set(device.id, { ...entries.get(device.id), ...device })
      told.add(device.id)
    },
  }
}
