import type { Random } from '../random.ts'
import type { Circuit } from './network.ts'
import { BRAKING, type Limit, type Line, positionAt } from './routes.ts'

/** How something drives: speeds in m/s, times in seconds. `stops`: at which share of the stops on its way it stands. */
export type Manner = {
  cruise: { least: number; most: number }
  dwell: { mean: number; least: number; most: number }
  stops: number
}
export const AS_BUS: Manner = { cruise: { least: 8, most: 16 }, dwell: { mean: 14, least: 5, most: 60 }, stops: 1 }
/** A supervisor's car: it follows the routes, and looks at a stop now and then. */
export const AS_CAR: Manner = {
  cruise: { least: 11, most: 19 },
  dwell: { mean: 180, least: 60, most: 600 },
  stops: 0.04,
}

/** What drives along a circuit. Distances in metres, speeds in m/s, times in seconds. */
export type Bus = {
  circuit: Circuit
  manner: Manner
  line: number
  /** Metres from the line's start. */
  at: number
  leg: number
  nextLimit: number
  /** Whether it drives past the next stop. */
  passes: boolean
  speed: number
  cruise: number
  /** Seconds that it will still stand at a stop. */
  dwell: number
}

/** Of a city bus, in m/s². */
export const ACCELERATION = 1.1
/** The longest step of the drive; longer ones are cut. */
const STEP = 0.5
const LAYOVER = { least: 40, most: 180 }

export const lineOf = ({ circuit, line }: Bus): Line => {
  const found = circuit.lines[line % circuit.lines.length]
  if (found === undefined) throw new Error(`Route ${circuit.route} has no line`)
  return found
}

/** Somewhere on its circuit, standing. */
export const createBus = (circuit: Circuit, random: Random, manner = AS_BUS): Bus => {
  const line = random.below(circuit.lines.length)
  const [at, leg, nextLimit] = [0, 0, 0]
  const dwell = 3 * random.next()
  const cruise = manner.cruise.least + (manner.cruise.most - manner.cruise.least) * random.next()
  const bus: Bus = { circuit, manner, line, at, leg, nextLimit, passes: false, speed: 0, dwell, cruise }
  const { length, limits } = lineOf(bus)
  bus.at = length * random.next()
  bus.nextLimit = limits.findIndex(({ at }) => at > bus.at)
  bus.leg = positionAt(lineOf(bus), bus.at, 0).leg
  return bus
}

/**
 * The highest speed from which it can still come down to `limit` within `distance`, a step of `dt` included (Gipps,
 * 1981).
 */
const safeSpeed = (distance: number, limit: number, dt: number): number => {
  const reach = BRAKING * dt
  return -reach + Math.sqrt(reach * reach + limit * limit + 2 * BRAKING * Math.max(0, distance))
}

/**
 * At the end of its line it rests, then goes on with the next; at other stops it stands while people get on and off.
 */
const stopAt = (bus: Bus, line: Line, random: Random): void => {
  bus.speed = 0
  if (bus.nextLimit < line.limits.length) {
    const { mean, least, most } = bus.manner.dwell
    bus.dwell = Math.min(most, least + random.exponential(mean - least))
    return
  }
  bus.dwell = LAYOVER.least + (LAYOVER.most - LAYOVER.least) * random.next()
  bus.line = (bus.line + 1) % bus.circuit.lines.length
  bus.at = 0
  bus.leg = 0
  bus.nextLimit = 0
}

/** The next place that limits its speed. Past some stops it just drives; at the line's end it always stands. */
const nextLimit = (bus: Bus, line: Line): Limit => {
  const limit = line.limits[bus.nextLimit] ?? { at: line.length, speed: 0 }
  const isPassed = limit.speed === 0 && bus.passes && bus.nextLimit < line.limits.length - 1
  return isPassed ? { at: limit.at, speed: bus.cruise } : limit
}

const drive = (bus: Bus, dt: number, random: Random): void => {
  const line = lineOf(bus)
  const limit = nextLimit(bus, line)
  const distance = limit.at - bus.at
  const wanted = Math.min(bus.cruise, bus.speed + ACCELERATION * dt, safeSpeed(distance, limit.speed, dt))
  // The last half metre before a stop is rolled in one go: the formula alone would creep towards it for ever.
  const arrives = limit.speed === 0 && distance < 0.5
  bus.speed = Math.max(0, wanted)
  bus.at = arrives ? limit.at : Math.min(limit.at, bus.at + bus.speed * dt)
  if (bus.at < limit.at) return
  bus.nextLimit++
  const { stops } = bus.manner
  bus.passes = stops < 1 && random.next() >= stops
  if (limit.speed === 0) stopAt(bus, line, random)
}

/** Moves a bus on by `seconds`. */
export const stepBus = (bus: Bus, seconds: number, random: Random): void => {
  for (let left = seconds; left > 1e-9; ) {
    if (bus.dwell > 0) {
      const stood = Math.min(bus.dwell, left)
      bus.dwell -= stood
      left -= stood
      continue
    }
    const dt = Math.min(STEP, left)
    drive(bus, dt, random)
    left -= dt
  }
}

/** Where it is: the true position, on its line. */
export const place = (bus: Bus): { lat: number; lon: number; heading: number } => {
  const found = positionAt(lineOf(bus), bus.at, bus.leg)
  bus.leg = found.leg
  return found
}
