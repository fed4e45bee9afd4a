import { describeDevice, listGroup } from '../wire/calls.ts'
import type { DeviceDescription } from '../wire/fleet.ts'
import { OTHER } from '../wire/groups.ts'
import type { DeviceEntry } from '../wire/register.ts'
import { type Placement, placeDevices } from './place-devices.ts'
import type { Port } from './port.ts'
import type { Tally } from './tally.ts'
import { createTold, type Told } from './told.ts'

/** A device and what is known of it. */
export type DescribedDevice = { id: string } & DeviceDescription

/**
 * What devices are called and which groups they belong to, told to Redis once, and again after Redis was away. A device
 * whose group changes moves.
 */
export type DeviceDescriptions = Omit<Told, 'add'> & {
  add: (devices: readonly DescribedDevice[]) => void
  addAllAgain: () => void
}

const MOST_AT_ONCE = 100

/** What `wf1_describe_device` answered: the same as of a fix that was taken. */
const placementOf = (id: string, reply: unknown): Placement => {
  const [, , , , fix = '', cell = '', from = ''] = (reply as unknown[]).map(String)
  return { id, fix, cell, from }
}

/** `onDevice` hears of each device that was described: so must the register. */
export const createDeviceDescriptions = (
  port: Port,
  failed: Tally['failed'],
  onAnswer: () => void,
  onDevice: (device: DeviceEntry) => void,
): DeviceDescriptions => {
  const known = new Map<string, DeviceDescription>()

  /** Takes what was answered for groups. Returns whether all are listed. */
  const takeGroups = (groups: readonly string[], replies: readonly unknown[]): boolean =>
    !replies.map((reply, i) => reply instanceof Error && failed(reply, () => groups[i])).includes(true)

  /** Takes what was answered for devices, and places those that changed their group. Returns those that failed. */
  const takeDevices = async (ids: readonly string[], replies: readonly unknown[]): Promise<Set<string>> => {
    const again = new Set<string>()
    const placements: Placement[] = []
    for (const [i, id] of ids.entries()) {
      const reply = replies[i]
      if (reply instanceof Error) {
        if (failed(reply, () => id)) again.add(id)
        continue
      }
      onAnswer()
      const { attributes, group = OTHER, ...entry } = known.get(id) ?? {}
      onDevice({ id, group, ...entry })
      placements.push(placementOf(id, reply))
    }
    await placeDevices(placements, port, failed, (id, whole) => {
      if (!whole) again.add(id)
    })
    return again
  }

  const told = createTold(MOST_AT_ONCE, async (ids) => {
    const groups = [...new Set(ids.map((id) => known.get(id)?.group ?? OTHER))]
    const devices = ids.map((id) => describeDevice(id, known.get(id) ?? {}))
    const replies = await port.run([...groups.map(listGroup), ...devices])
    const listed = takeGroups(groups, replies.slice(0, groups.length))
    const again = await takeDevices(ids, replies.slice(groups.length))
    return listed ? again : ids
  })
  return {
    ...told,
    add: (devices) => {
      for (const { id, ...description } of devices) {
        known.set(id, description)
        told.add(id)
      }
    },
    addAllAgain: () => {
      for (const id of known.keys()) told.add(id)
    },
  }
}
