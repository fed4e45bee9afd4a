import type { Logger } from 'pino'
import type { Bounds } from '../../wire/cells.ts'
import type { Fix } from '../../wire/fleet.ts'
import { ACCESS, deviceTopic, topicKey } from '../../wire/topics.ts'
import { isOwnFault } from '../faults.ts'
import type { Commands } from '../redis/deployment.ts'
import { readFields } from '../redis/fields.ts'
import { parseField, unlessStrange } from '../redis/rows.ts'
import type { Unreadable } from '../redis/unreadable.ts'
import type { Arrival } from './rows.ts'
import type { PeopleStore } from './store.ts'

export type ArrivalsPorts = {
  redis: Commands
  store: Pick<PeopleStore, 'arrivals' | 'forgetArrivals' | 'revoke'>
  node: string
  /** Unix milliseconds. */
  now: () => number
  /** Called with how many shares were ended. */
  ended: (count: number) => void
  log: Logger
  unreadable: Unreadable
}

/** How often it is looked where the devices are (ms). */
export const ARRIVALS_EVERY_MS = 1000
/** Beside the parts of the topic, so that whoever may write these may write it. */
const LEASE_KEY = `${topicKey(ACCESS)}:lease`
/** Who ends such a share, in the record: no handle has a blank. */
const NOBODY = 'the floor'

/**
 * Ends the shares whose device is where they end. To be called by each node again and again: one of them does it at a
 * time, by a lease, and every step is harmless to repeat.
 */
export const createArrivals = (ports: ArrivalsPorts): (() => Promise<void>) => {
  const { redis, store, node, now } = ports
  let busy = false
  const look = async (): Promise<void> => {
    if ((await redis.set(LEASE_KEY, node, 'PX', Math.ceil(ARRIVALS_EVERY_MS * 0.9), 'NX')) !== 'OK') return
    const all = await store.arrivals()
    const [over, open] = [all.filter(({ until }) => until <= now()), all.filter(({ until }) => until > now())]
    await store.forgetArrivals(over.map(({ id }) => id))
    for (const arrival of await arrived(ports, open)) await end(ports, arrival)
  }
  return async () => {
    // A look may take longer than the lease.
    if (busy) return
    busy = true
    try {
      await look()
    } catch (error) {
      // Redis is away or busy; the next look does it.
      if (isOwnFault(error)) throw error
    } finally {
      busy = false
    }
  }
}

const end = async ({ store, ended, log }: ArrivalsPorts, { id, until, device }: Arrival): Promise<void> => {
  await store.revoke([{ what: `c:${id}`, until }], { by: NOBODY, about: `share ${id}: ${device} has arrived` })
  await store.forgetArrivals([id])
  ended(1)
  log.info({ share: id, device }, 'A share has ended: its device has arrived')
}

/** Those whose device has been seen inside since they were made. */
const arrived = async ({ redis, unreadable }: ArrivalsPorts, all: readonly Arrival[]): Promise<Arrival[]> => {
  const topics = all.map(({ device }) => deviceTopic(device))
  const states = await readFields(redis, topics, ['last'])
  return all.filter(({ made, ends }, i) => {
    const strange = (why: string): void => unreadable(topicKey(topics[i] ?? ACCESS), why)
    const fix = unlessStrange(strange, () => parseField<Fix>(states[i]?.[0], ['t', 'lat', 'lon']))
    return fix !== null && fix.t >= made && isInside(ends, fix)
  })
}

/** Whether a position is in a rectangle, whose longitudes may be unwrapped. */
export const isInside = ({ west, south, east, north }: Bounds, { lat, lon }: Pick<Fix, 'lat' | 'lon'>): boolean => {
  const eastward = (((lon - west) % 360) + 360) % 360
  return lat >= south && lat <= north && eastward <= east - west
}
