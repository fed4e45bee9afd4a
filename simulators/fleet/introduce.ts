import type { Member } from './fleet.ts'
import { addDevices, type KeyFile, type KeysPorts } from './keys.ts'

/** Codes with which a floor says that it does not know a device, or not by this key. */
const UNKNOWN = ['not_signed_in', 'unknown_device']

/** Keys of simulated devices: those of last time, and new ones for whom the floor does not know. */
export type Introductions = {
  keyOf: (id: string) => string | undefined
  /** A device was not let in, and why. */
  refused: (id: string, code: string) => void
  /** Has the floor give keys to all that have none, or none that is right. Returns these devices. */
  introduce: () => Promise<Set<string>>
}

export const createIntroductions = (members: readonly Member[], file: KeyFile, ports: KeysPorts): Introductions => {
  const { floor } = ports
  const keys = file.read(floor)
  const strangers = new Set(members.map(({ device }) => device.id).filter((id) => !keys.has(id)))
  return {
    keyOf: (id) => keys.get(id),
    refused: (id, code) => {
      if (UNKNOWN.includes(code)) strangers.add(id)
    },
    introduce: async () => {
      const asking = members.filter(({ device }) => strangers.has(device.id))
      strangers.clear()
      if (asking.length === 0) return new Set()
      const added = await addDevices(
        asking.map(({ device: { id }, description }) => ({ id, ...description })),
        ports,
      )
      for (const [id, key] of added) keys.set(id, key)
      file.write(floor, keys)
      return new Set(added.keys())
    },
  }
}
