import type { DeviceDescription, Fix } from '../../wire/fleet.ts'
import { createRandom } from '../random.ts'
import { AS_BUS, AS_CAR, type Manner } from './bus.ts'
import { describeBus, describeCar } from './describe.ts'
import { createDevice, type Device, report } from './device.ts'
import type { Circuit } from './network.ts'
import { createSensors } from './sensors.ts'

/**
 * `devices`: how many buses; `cars`: how many supervisors' cars besides. `interval`: seconds between a device's
 * reports; each device's own lies within a fifth of it. `firstNumber`: each numbers its fixes from here without gaps.
 * `start`: Unix milliseconds.
 */
export type FleetOptions = {
  circuits: readonly Circuit[]
  devices: number
  cars?: number
  seed: number
  interval: number
  firstNumber: number
  start: number
}

/** What a device sends at once, in the order of sending. */
export type Sending = { id: string; fixes: Fix[] }

export type Fleet = {
  /** What each device is. */
  described: ({ id: string } & DeviceDescription)[]
  /** All that the devices send up to `t` (Unix milliseconds), in order of time. Call with rising times. */
  step: (t: number) => Sending[]
  /** Fixes that wait in devices without signal. */
  kept: () => number
}

/**
 * A machine that slept does not report what it slept through: beyond this many milliseconds a device goes on from now.
 */
const SLEPT = 60_000

export const wakeUp = (device: Device, t: number): void => {
  if (t - device.due < SLEPT) return
  device.due = t
  device.reported = t - 1000
}

type Vehicle = { id: string; manner: Manner; description: DeviceDescription }

const vehiclesOf = (buses: number, cars: number): Vehicle[] => {
  const named = (prefix: string, place: number): string => `${prefix}-${String(place + 1).padStart(4, '0')}`
  const make = (count: number, prefix: string, manner: Manner, describe: typeof describeBus): Vehicle[] =>
    Array.from({ length: count }, (_, place) => {
      const id = named(prefix, place)
      return { id, manner, description: describe(id, place) }
    })
  return [...make(buses, 'BUS', AS_BUS, describeBus), ...make(cars, 'CAR', AS_CAR, describeCar)]
}

/** A device, what it is, and the time between its reports in milliseconds. */
export type Member = { device: Device; description: DeviceDescription; period: number }

/** A seeded fleet: devices are spread over all routes, and over the interval. */
export const createMembers = (options: FleetOptions): Member[] => {
  const { circuits, devices: buses, cars = 0, seed, interval, firstNumber, start } = options
  if (circuits.length === 0) throw new Error('A fleet needs at least one route')
  const random = createRandom(seed, '(fleet)')
  const first = random.below(circuits.length)
  return vehiclesOf(buses, cars).map(({ id, manner, description }, place) => {
    // A stride that shares no factor with 162 routes: few devices are spread over the whole city.
    const circuit = circuits[(first + place * 53) % circuits.length] as Circuit
    const own = createRandom(seed, id)
    const period = Math.round(1000 * interval * (0.8 + 0.4 * own.next()))
    const sensors = createSensors(createRandom(seed, `${id} sensors`))
    const device = createDevice(id, circuit, own, firstNumber, start, sensors, manner)
    device.due = start + Math.round(period * own.next())
    return { device, description, period }
  })
}

/** The same options and steps give the same fixes. */
export const createFleet = (options: FleetOptions): Fleet => {
  const members = createMembers(options)
  return {
    described: members.map(({ device: { id }, description }) => ({ id, ...description })),
    step: (t) => {
      const sent: { at: number; sending: Sending }[] = []
      for (const { device, period } of members) {
        wakeUp(device, t)
        while (device.due <= t) {
          const at = device.due
          const fixes = report(device, at)
          if (fixes.length > 0) sent.push({ at, sending: { id: device.id, fixes } })
          device.due += period
        }
      }
      return sent.sort((a, b) => a.at - b.at).map(({ sending }) => sending)
    },
    kept: () => members.reduce((sum, { device }) => sum + device.kept.length, 0),
  }
}
