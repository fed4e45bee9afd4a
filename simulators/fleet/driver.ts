import type { Random } from '../random.ts'
import { type Bus, place, stepBus } from './bus.ts'
import { createLine, type Line } from './routes.ts'

/** Who drives: along a route, or away from it on an errand and back. */
export type Driver = {
  bus: Bus
  /** The bus as it left its route; null while it is on it. */
  left: Bus | null
  /** Called once the errand's place is reached (true), or given up for another one. */
  arrived: ((isThere: boolean) => void) | null
  /** Told to stop, and not yet to go on. */
  isHalted: boolean
}

/** An errand is driven in pieces of so many seconds, shorter than any rest at its ends. */
const PIECE = 10
/** Errands lead at most so far, in metres. */
const FARTHEST = 40_000

export const createDriver = (bus: Bus): Driver => ({ bus, left: null, arrived: null, isHalted: false })

const lineThrough = (points: [number, number][]): Line => createLine({ route: 'errand', direction: 0, points })

/** Drives to places in straight lines, later back to the route by the same way. Returns whether it will. */
export const sendOut = (driver: Driver, places: [number, number][], arrived: (isThere: boolean) => void): boolean => {
  const { bus } = driver
  const { lat, lon } = place(bus)
  const there = lineThrough([[lat, lon], ...places])
  if (there.length > FARTHEST) return false
  driver.arrived?.(false)
  driver.arrived = arrived
  driver.left ??= bus
  const { left } = driver
  const home = place(left)
  const back = lineThrough([...places.toReversed(), [home.lat, home.lon]])
  driver.bus = {
    ...bus,
    circuit: { route: bus.circuit.route, lines: [there, back] },
    manner: { ...left.manner, stops: 0 },
    line: 0,
    at: 0,
    leg: 0,
    nextLimit: 0,
    passes: true,
    dwell: 0,
  }
  return true
}

/** The errand's first line ends at its place, and the second one on the route again. */
const stepErrand = (driver: Driver, left: Bus, seconds: number, random: Random): void => {
  const { line } = driver.bus
  stepBus(driver.bus, seconds, random)
  if (driver.bus.line === line) return
  if (line === 0) {
    driver.arrived?.(true)
    driver.arrived = null
  } else {
    driver.bus = { ...left, speed: 0 }
    driver.left = null
  }
}

/** Moves on by `seconds`. */
export const stepDriver = (driver: Driver, seconds: number, random: Random): void => {
  if (driver.isHalted) {
    driver.bus.speed = 0
    return
  }
  let rest = seconds
  for (; rest > 0 && driver.left !== null; rest -= PIECE) stepErrand(driver, driver.left, Math.min(rest, PIECE), random)
  if (rest > 0) stepBus(driver.bus, rest, random)
}

/** Whether it rests at the end of its route's line, and says nothing until it goes on. */
export const isParked = ({ bus, left }: Driver): boolean => left === null && bus.at === 0 && bus.dwell > 0
