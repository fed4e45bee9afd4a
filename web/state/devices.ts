import type { TrackReply } from '../../wire/api.ts'
import type { AddDevicesReply, DeviceDoneReply, ImportReply, KeyReply } from '../../wire/devices.ts'
import type { DeviceDescription } from '../../wire/fleet.ts'
import { isGroup } from '../../wire/groups.ts'
import type { WireError } from '../../wire/protocol.ts'
import { isName } from '../../wire/topics.ts'
import { type Calls, errorOf, type Failed } from './calls.ts'

/** What somebody types of a device. An empty text is none. */
export type TypedDevice = { id: string; name: string; group: string; category: string }

/** A file of devices may have so many bytes. */
export const MOST_CSV_BYTES = 1_000_000

/** Why this cannot be a device; null: it can. */
export const whyNoDevice = ({ id, group }: Pick<TypedDevice, 'id' | 'group'>): string | null => {
  if (id.trim() === '') return null
  if (!isName(id.trim()))
    return 'An id has up to 64 bytes, without quotation marks, backslashes and braces, and not . or ..'
  if (group.trim() !== '' && !isGroup(group.trim()))
    return 'A group has up to 32 small letters, digits, - and _, and begins with a letter or a digit.'
  return null
}

/** What was typed, as the node takes it. */
export const descriptionOf = ({ name, group, category }: Omit<TypedDevice, 'id'>): DeviceDescription => ({
  ...(name.trim() !== '' && { name: name.trim() }),
  ...(group.trim() !== '' && { group: group.trim() }),
  ...(category.trim() !== '' && { category: category.trim() }),
})

const at = (id: string): string => `/api/devices/${encodeURIComponent(id)}`

/** Devices, as whoever manages them makes and changes them. */
export const createDevices = (calls: Calls) => ({
  /** Whether there is a device of this id; null: the node did not say. */
  isThere: async (id: string): Promise<boolean | null> => {
    const error = errorOf(await calls.get<TrackReply>(`${at(id)}/track?limit=1`))
    return error === null ? true : error.code === 'unknown_device' ? false : null
  },
  /** Adds a device, or gives the one that is there a new key. */
  add: async ({ id, ...typed }: TypedDevice): Promise<AddDevicesReply['devices'][number] | Failed> => {
    const body = { devices: [{ id: id.trim(), ...descriptionOf(typed) }] }
    const reply = await calls.post<AddDevicesReply>('/api/devices', body)
    if ('error' in reply) return reply
    return reply.devices[0] ?? { error: { code: 'unavailable', message: 'The node did not say what it added.' } }
  },
  /** `attributes`: those that it has, for they would go otherwise. Returns why it could not be done; null: it was. */
  describe: async (
    { id, ...typed }: TypedDevice,
    attributes: DeviceDescription['attributes'],
  ): Promise<WireError | null> =>
    errorOf(await calls.put<DeviceDoneReply>(at(id), { ...descriptionOf(typed), ...(attributes && { attributes }) })),
  newKey: (id: string) => calls.post<KeyReply>(`${at(id)}/key`, {}),
  takeKey: async (id: string): Promise<WireError | null> =>
    errorOf(await calls.delete<DeviceDoneReply>(`${at(id)}/key`)),
  /** Takes in a file of devices. */
  takeIn: (csv: string) => calls.send<ImportReply>('/api/devices.csv', 'text/csv', csv),
})
export type Devices = ReturnType<typeof createDevices>
