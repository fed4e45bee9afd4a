import { z } from 'zod'
import { listOf } from '../live/first-fault.ts'

/** Devices that may be added at once. */
export const MOST_ADDED = 500

const value = z.union([z.string(), z.number(), z.boolean()])
/** What the fields may be is checked where devices are described, whoever does it. */
const description = {
  name: z.string().exactOptional(),
  group: z.string().exactOptional(),
  category: z.string().exactOptional(),
  attributes: z.record(z.string(), value).exactOptional(),
}
export const describeRequest = z.strictObject(description)
const devices = listOf(z.strictObject({ id: z.string(), ...description }), MOST_ADDED)
export const addDevicesRequest = z.strictObject({
  devices: devices.refine((all) => all.length > 0, { error: 'names no device' }),
})
