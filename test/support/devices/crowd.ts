import { createRandom } from '../../../simulators/random.ts'
import { COMMAND_KINDS } from '../../../wire/command-kinds.ts'
import { openDevice } from './device.ts'
import { openDocumented } from './documented.ts'
import type { DeviceJournal } from './journal.ts'
import type { Device } from './options.ts'

/** A device of the crowd; whatever else it is like follows from its place among all of them. */
export type Member = { id: string; key: string; place: number }
type Open = { ports: readonly number[]; members: readonly Member[]; seed: number; everyMs: number }

export const AUSTIN = { lat: 30.2672, lon: -97.7431 }
/** Speeds in m/s; what is dangerous may be asked of the slow ones only. */
const SLOW = 1
const FAST = 15
const HOUR_MS = 3_600_000

/** What devices are like, by their place: half of them are fast, and one in eight has a clock an hour behind. */
export const natureOf = (place: number) => ({
  speed: place % 2 === 0 ? SLOW : FAST,
  behindMs: place % 8 === 4 ? HOUR_MS : 0,
  start: { lat: AUSTIN.lat + (place % 50) * 0.002, lon: AUSTIN.lon + Math.floor(place / 50) * 0.002 },
})

/** Some are the client that our pages give to everybody: one in ten, of the first thousand. */
const isDocumented = (place: number): boolean => place % 10 === 7 && place < 1000
const TAKES = COMMAND_KINDS.map(({ name }) => name)

/** Devices in a process of their own (see test/bench/calls.ts). */
export const createDeviceCrowd = () => {
  const devices = new Map<string, Device>()
  return {
    /** Begins with these; they connect in their own time. */
    open: ({ ports, members, seed, everyMs }: Open): void => {
      for (const { place, id, key } of members) {
        const random = createRandom(seed + place)
        const own = { ports, first: place, id, key, random, everyMs, takes: TAKES, ...natureOf(place) }
        devices.set(id, isDocumented(place) ? openDocumented(own) : openDevice(own))
      }
    },
    restart: (ids: readonly string[]): void => {
      for (const id of ids) devices.get(id)?.restart()
    },
    /** Those that are connected, and of which a node has taken a fix. */
    located: (_: null): number =>
      [...devices.values()].filter((device) => device.isOpen() && device.isLocated()).length,
    /** Commands of which they have to say what became of them, and nobody has taken that. */
    unsaid: (_: null): number => [...devices.values()].reduce((sum, device) => sum + device.unsaid(), 0),
    journals: (_: null): DeviceJournal[] => [...devices.values()].map((device) => device.journal()),
    close: (_: null): void => {
      for (const device of devices.values()) device.close()
    },
  }
}
export type DeviceCrowdCalls = ReturnType<typeof createDeviceCrowd>
