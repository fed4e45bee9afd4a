import { describeDevice, listGroup } from '../wire/calls.ts'
import type { DeviceDescription } from '../wire/fleet.ts'
import { OTHER } from '../wire/groups.ts'
import type { DeviceEntry } from '../wire/register.ts'
import type { Delivery } from './delivery.ts'
import type { Names } from './names.ts'
import { type Placement, placeDevices } from './place-devices.ts'
import type { Port } from './port.ts'

/** A device and what is known of it. */
export type Described = DeviceDescription & { id: string }

/** What devices are called and which groups they belong to, told to Redis as {@link Names} tells symbols. A device whose group changes moves. */
export type Descriptions = Omit<Names, 'add'> & { add: (devices: readonly Described[]) => void }

const MOST_AT_ONCE = 100

/** What `wf1_describe_device` answered: the same as of a fix that was taken. */
const placementOf = (id: string, reply: unknown): Placement => {
  const [, , , , fix = '', cell = '', from = ''] = (reply as unknown[]).map(String)
  return { id, fix, cell, from }
}

/** `onDevice` hears of each device that was described: so must the register. */
export const createDescriptions = (
  port: Port,
  failed: Delivery['failed'],
  onAnswer: () => void,
  onDevice: (device: DeviceEntry) => void,
): Descriptions => {
  const known = new Map<string, DeviceDescription>()
  const waiting = new Set<string>()
  const failing = new Set<string>()
  /** Those being told, and those of them to tell again then: steps of two groups at once could lose a device. */
  const underWay = new Set<string>()
  const again = new Set<string>()
  const want = (id: string): unknown => (underWay.has(id) ? again : waiting).add(id)

  /** Takes what was answered for groups. Returns whether all are listed. */
  const takeGroups = (groups: readonly string[], replies: readonly unknown[]): boolean =>
    !replies.map((reply, i) => reply instanceof Error && failed(reply, () => groups[i])).includes(true)

  /** Takes what was answered for devices, and places those that changed their group. */
  const takeDevices = async (ids: readonly string[], replies: readonly unknown[]): Promise<void> => {
    const placements: Placement[] = []
    for (const [i, id] of ids.entries()) {
      const reply = replies[i]
      if (reply instanceof Error) {
        if (failed(reply, () => id)) failing.add(id)
        continue
      }
      onAnswer()
      const { attributes, group = OTHER, ...entry } = known.get(id) ?? {}
      onDevice({ id, group, ...entry })
      placements.push(placementOf(id, reply))
    }
    await placeDevices(placements, port, failed, (id, whole) => {
      if (!whole) failing.add(id)
    })
  }

  return {
    add: (devices) => {
      for (const { id, ...description } of devices) {
        known.set(id, description)
        want(id)
      }
    },
    addAllAgain: () => {
      for (const id of known.keys()) want(id)
    },
    waiting: () => waiting.size,
    failing: () => failing.size,
    retry: () => {
      for (const id of failing) want(id)
    },
    send: async () => {
      const ids = [...waiting].slice(0, MOST_AT_ONCE)
      for (const id of ids) {
        waiting.delete(id)
        failing.delete(id)
        underWay.add(id)
      }
      const groups = [...new Set(ids.map((id) => known.get(id)?.group ?? OTHER))]
      const devices = ids.map((id) => describeDevice(id, known.get(id) ?? {}))
      const replies = await port.run([...groups.map(listGroup), ...devices])
      const listed = takeGroups(groups, replies.slice(0, groups.length))
      await takeDevices(ids, replies.slice(groups.length))
      if (!listed) for (const id of ids) failing.add(id)
      for (const id of ids) {
        underWay.delete(id)
        if (again.delete(id)) waiting.add(id)
      }
    },
  }
}
