import { callFunction } from '../../redis/call.ts'
import { MOST_LISTED, registerDevices, unregisterDevices } from '../../wire/calls.ts'
import type { DeviceEntry } from '../../wire/register.ts'
import { deviceTopic, keyTopic, type Topic, topicId, topicKey } from '../../wire/topics.ts'
import type { Values } from '../kinds/kind.ts'
import type { Commands } from '../redis/deployment.ts'
import { readFields } from '../redis/fields.ts'
import { scanKeys } from '../redis/scan.ts'
import type { Entry, Register } from './register.ts'

/** Puts right what the register says of devices that somebody looks at: a feed may have died before it told of them. */
export type RegisterMender = {
  /** A device on the map, as its own state says. */
  shown: (device: DeviceEntry) => Promise<void>
  reaped: (device: DeviceEntry) => Promise<void>
  /** A cell shows this device. */
  met: (id: string) => void
  /** Devices that the register has, that were not reaped, and that were not met. */
  absent: () => string[]
  /** Tells what is not told yet. */
  flush: () => Promise<void>
}

/** The fields of a device's state that its entry has. */
export const ENTRY_FIELDS = ['name', 'group', 'category'] as const

export const entryOf = (id: string, [name, group, category]: Values): DeviceEntry => ({
  id,
  ...(name && { name }),
  ...(group && { group }),
  ...(category && { category }),
})

/** Whether the register knows the device as it is. Of one that is not described it knows no less. */
const isKnown = (entry: Entry | undefined, device: DeviceEntry): boolean =>
  entry !== undefined &&
  !entry.gone &&
  (Object.keys(device).length === 1 || ENTRY_FIELDS.every((field) => entry[field] === device[field]))

/** For a sweep that is not to touch the register. */
export const NO_MENDER: RegisterMender = {
  shown: async () => {},
  reaped: async () => {},
  met: () => {},
  absent: () => [],
  flush: async () => {},
}

export const createRegisterMender = (redis: Commands, { entries }: Register): RegisterMender => {
  let devices: DeviceEntry[] = []
  let gone: string[] = []
  const met = new Set<string>()

  const flush = async (): Promise<void> => {
    const [listed, reaped] = [devices, gone]
    devices = []
    gone = []
    if (listed.length > 0) await callFunction(redis, registerDevices(listed))
    if (reaped.length > 0) await callFunction(redis, unregisterDevices(reaped))
  }
  const full = (): boolean => devices.length === MOST_LISTED || gone.length === MOST_LISTED
  return {
    shown: async (device) => {
      if (isKnown(entries.get(device.id), device)) return
      devices.push(device)
      if (full()) await flush()
    },
    reaped: async (device) => {
      const known = entries.get(device.id)
      if (known?.gone) return
      if (known === undefined) devices.push(device)
      gone.push(device.id)
      if (full()) await flush()
    },
    met: (id) => met.add(id),
    absent: () => [...entries.values()].filter((entry) => !entry.gone && !met.has(entry.id)).map(({ id }) => id),
    flush,
  }
}

/** Fills a register that there never was with all devices that Redis knows. */
export const takeOverDevices = async (redis: Commands, mender: RegisterMender): Promise<void> => {
  for await (const keys of scanKeys(redis, topicKey(deviceTopic('*')))) {
    const topics = keys.map(keyTopic).filter((topic) => topic !== null)
    const states = await readFields(redis, topics, ['epoch', 'last', 'cell', ...ENTRY_FIELDS])
    for (const [i, topic] of topics.entries()) await takeOver(topic, states[i] ?? null, mender)
  }
  await mender.flush()
}

const takeOver = async (topic: Topic, state: Values | null, mender: RegisterMender): Promise<void> => {
  const [epoch, last, cell, ...described] = state ?? []
  if (!epoch) return
  const device = entryOf(topicId(topic), described)
  await (last && cell === '' ? mender.reaped(device) : mender.shown(device))
}
