import type { Fix } from '../../wire/fleet.ts'
import type { Random } from '../random.ts'
import { AS_BUS, createBus, type Manner, place } from './bus.ts'
import { createDriver, type Driver, isParked, stepDriver } from './driver.ts'
import type { Circuit } from './network.ts'
import { DEGREE } from './routes.ts'
import { readSensors, type Sensors, stepSensors } from './sensors.ts'

/** A reporting device in a bus or a car: a GPS receiver, a radio that sometimes has no signal, a battery. */
export type Device = {
  id: string
  random: Random
  driver: Driver
  sensors: Sensors
  /** When it reports next, and when it last did, Unix milliseconds. */
  due: number
  reported: number
  nextNumber: number
  /** GPS error in metres, which drifts rather than jumps. */
  east: number
  north: number
  heading: number
  battery: number
  charging: boolean
  /** Until when the radio has no signal, Unix milliseconds. */
  silentUntil: number
  /** Fixes kept while there was no signal, oldest first. */
  kept: Fix[]
}

/** Standard deviation of the GPS error in metres on each axis, and the seconds over which it changes. */
const GPS_ERROR = { metres: 2.5, memory: 30 }
/** Mean seconds between two losses of signal, and of one loss. */
const SIGNAL = { between: 1500, loss: 45 }
/** A device keeps this many fixes; then the oldest go. */
const MOST_KEPT = 300
/** How many kept fixes go along with each report once the signal is back. */
const SENT_A_REPORT = 10
/**
 * A battery lasts five hours and charges in half an hour, from where the driver plugs it in to where it is full enough.
 */
const BATTERY = { lasts: 5 * 3600, charges: 1800, low: 0.15, full: 0.95 }

export const createDevice = (
  id: string,
  circuit: Circuit,
  random: Random,
  firstNumber: number,
  due: number,
  sensors: Sensors,
  manner: Manner = AS_BUS,
): Device => ({
  id,
  random,
  driver: createDriver(createBus(circuit, random, manner)),
  sensors,
  due,
  reported: due,
  nextNumber: firstNumber,
  east: GPS_ERROR.metres * random.normal(),
  north: GPS_ERROR.metres * random.normal(),
  heading: 0,
  battery: 0.2 + 0.75 * random.next(),
  charging: false,
  silentUntil: 0,
  kept: [],
})

const stepGps = (device: Device, seconds: number): void => {
  const kept = Math.exp(-seconds / GPS_ERROR.memory)
  const fresh = GPS_ERROR.metres * Math.sqrt(1 - kept * kept)
  device.east = kept * device.east + fresh * device.random.normal()
  device.north = kept * device.north + fresh * device.random.normal()
}

const stepBattery = (device: Device, seconds: number): void => {
  const rate = device.charging ? 1 / BATTERY.charges : -1 / BATTERY.lasts
  device.battery = Math.min(1, Math.max(0, device.battery + rate * seconds))
  if (device.battery < BATTERY.low) device.charging = true
  else if (device.battery > BATTERY.full) device.charging = false
}

const rounded = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits

/** What the device measures now. Standing still it keeps its last heading, as receivers do. */
const measure = (device: Device, t: number): Fix => {
  const { driver, sensors } = device
  const { lat, lon, heading } = place(driver.bus)
  const { speed, circuit, manner } = driver.bus
  if (speed > 0.5 || device.heading === 0) device.heading = (heading + 2 * device.random.normal() + 360) % 360
  return {
    id: device.id,
    n: device.nextNumber++,
    t,
    lat: rounded(lat + device.north / DEGREE, 6),
    lon: rounded(lon + device.east / (DEGREE * Math.cos((lat * Math.PI) / 180)), 6),
    speed: speed === 0 ? 0 : rounded(Math.max(0, speed + 0.15 * device.random.normal()), 1),
    heading: rounded(device.heading, 0) % 360,
    battery: rounded(device.battery, 3),
    ...(manner === AS_BUS && { route: circuit.route }),
    ...(isParked(driver) && { parked: true }),
    readings: readSensors(sensors),
  }
}

/** Moves the device on to `t`, and returns what it measures then. */
export const observe = (device: Device, t: number): Fix => {
  const seconds = (t - device.reported) / 1000
  const { driver, random, sensors } = device
  stepDriver(driver, seconds, random)
  stepGps(device, seconds)
  stepBattery(device, seconds)
  stepSensors(sensors, seconds, driver.bus.speed * seconds, isParked(driver))
  device.reported = t
  return measure(device, t)
}

/** Whether the radio has no signal at `t`, `seconds` after it was asked last. */
export const isSilent = (device: Device, t: number, seconds: number): boolean => {
  const { random } = device
  if (t >= device.silentUntil && random.next() < 1 - Math.exp(-seconds / SIGNAL.between))
    device.silentUntil = t + 1000 * random.exponential(SIGNAL.loss)
  return t < device.silentUntil
}

/**
 * Moves the device on to its report at `t`, and returns what it sends: nothing without signal, then the newest first
 * and the kept ones after.
 */
export const report = (device: Device, t: number): Fix[] => {
  const seconds = (t - device.reported) / 1000
  const fix = observe(device, t)
  if (isSilent(device, t, seconds)) {
    device.kept.push(fix)
    if (device.kept.length > MOST_KEPT) device.kept.shift()
    return []
  }
  return [fix, ...device.kept.splice(0, SENT_A_REPORT)]
}
