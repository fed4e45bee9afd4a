import { KEY_FIELD } from '../../wire/command-calls.ts'
import { deviceTopic, isName, topicKey } from '../../wire/topics.ts'
import { createAllowances } from '../access/allowance.ts'
import { wireError } from '../live/requests.ts'
import type { Commands } from '../redis/deployment.ts'
import { isNoHash } from '../redis/fields.ts'
import { isKeyOf } from './keys.ts'
import type { Doorkeeper } from './ports.ts'

/** What is kept of a device's key: its hash, '' where it has none; null where there is no such device. */
export type ReadKey = (id: string) => Promise<string | null>

export const createReadKey =
  (redis: Commands): ReadKey =>
  async (id) => {
    const [epoch, key] = await redis.hmget(topicKey(deviceTopic(id)), 'epoch', KEY_FIELD).catch((error) => {
      if (isNoHash(error)) return []
      throw error
    })
    return epoch ? (key ?? '') : null
  }

const MINUTE_MS = 60_000
/**
 * Failures in a minute: of one device by one address, and of an address in all. Many devices share the address of their
 * network, so that one with a wrong key must not keep the others out. The last one goes into debt.
 */
const OF_DEVICE = { share: 10 / MINUTE_MS, burst: 9, most: 20_000 }
const OF_ADDRESS = { share: 300 / MINUTE_MS, burst: 299, most: 20_000 }
/** Longer texts are no key of ours. */
const MOST_KEY_LETTERS = 200

/** Lets devices in by their keys. `now`: milliseconds, by a clock that never goes back. */
export const createDoorkeeper = (readKey: ReadKey, now: () => number): Doorkeeper => {
  const ofDevice = createAllowances(OF_DEVICE, now)
  const ofAddress = createAllowances(OF_ADDRESS, now)

  const fail = (code: 'unknown_device' | 'not_signed_in', device: string, address: string) => {
    ofDevice.spend(device, 1)
    ofAddress.spend(address, 1)
    return { error: wireError(code) }
  }
  return {
    admit: async (id, key, address) => {
      const device = `${address} ${id.slice(0, MOST_KEY_LETTERS)}`
      if (ofDevice.wait(device) > 0 || ofAddress.wait(address) > 0) return { error: wireError('rate_limited') }
      if (!isName(id)) return fail('unknown_device', device, address)
      const kept = await readKey(id).catch(() => undefined)
      if (kept === undefined) return { error: wireError('unavailable') }
      if (kept === null) return fail('unknown_device', device, address)
      if (key.length > MOST_KEY_LETTERS || !isKeyOf(key, kept)) return fail('not_signed_in', device, address)
      return { id, keyed: kept }
    },
  }
}
