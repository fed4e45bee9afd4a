import { createDeviceDescriptions } from '../../feed/device-descriptions.ts'
import type { Port } from '../../feed/port.ts'
import { createRegistering } from '../../feed/registering.ts'
import type { DescribeDevices } from './ports.ts'
import { Unavailable } from './together.ts'

/** Describes devices: each goes into its group's cell and into the register, as where a feed describes it. */
export const createDescribe =
  (port: Port): DescribeDevices =>
  async (devices) => {
    const refused: Error[] = []
    // Whatever fails here is told to whoever asked: they ask again.
    const failed = (error: Error): boolean => {
      refused.push(error)
      return false
    }
    const registering = createRegistering(port, failed, () => {})
    const descriptions = createDeviceDescriptions(port, failed, () => {}, registering.add)
    descriptions.add(devices)
    while (descriptions.waiting() > 0) await descriptions.send()
    while (registering.waiting() > 0) await registering.send()
    const [first] = refused
    if (first !== undefined) throw new Unavailable(first.message)
  }
