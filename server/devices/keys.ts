import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { keyDevice } from '../../wire/command-calls.ts'
import type { DeviceKeys } from './ports.ts'
import type { Together } from './together.ts'

/** Bytes of a key by chance: nobody guesses it, so that a fast hash is enough to keep. */
const KEY_BYTES = 24

export const newKey = (): string => randomBytes(KEY_BYTES).toString('base64url')

/** A key as it is kept. */
export const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex')

/** Whether a key is the one of which this hash is kept; takes as long whichever it is. */
export const isKeyOf = (key: string, hash: string): boolean => {
  const [asked, kept] = [Buffer.from(hashOf(key)), Buffer.from(hash)]
  return asked.length === kept.length && timingSafeEqual(asked, kept)
}

/** Makes keys of devices and takes them back; every node that holds a connection of one hears of it. */
export const createDeviceKeys = (together: Together, make: () => string = newKey): DeviceKeys => ({
  make: (ids) =>
    Promise.all(
      ids.map(async (id) => {
        const key = make()
        const [seq] = (await together(keyDevice(id, hashOf(key)))) as [number]
        return { id, key, isNew: seq === 1 }
      }),
    ),
  takeBack: async (id) => {
    await together(keyDevice(id, ''))
  },
})
