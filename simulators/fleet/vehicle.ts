import type { Random } from '../random.ts'
import type { Circuit } from './network.ts'
import { BRAKING, type Line, positionAt } from './routes.ts'

/** What drives along a circuit. Distances in metres, speeds in m/s, times in seconds. */
export type Vehicle = {
  circuit: Circuit
  line: number
  /** Metres from the line's start. */
  at: number
  leg: number
  nextLimit: number
  speed: number
  cruise: number
  /** Seconds that it will still stand at a stop. */
  dwell: number
}

/** Of a city bus, in m/s². */
export const ACCELERATION = 1.1
/** The longest step of the drive; longer ones are cut. */
const STEP = 0.5
const CRUISE = { least: 8, most: 16 }
const DWELL = { mean: 14, least: 5, most: 60 }
const LAYOVER = { least: 40, most: 180 }

export const lineOf = ({ circuit, line }: Vehicle): Line => {
  const found = circuit.lines[line % circuit.lines.length]
  if (found === undefined) throw new Error(`Route ${circuit.route} has no line`)
  return found
}

/** Somewhere on its circuit, standing. */
export const createVehicle = (circuit: Circuit, random: Random): Vehicle => {
  const line = random.below(circuit.lines.length)
  const vehicle: Vehicle = { circuit, line, at: 0, leg: 0, nextLimit: 0, speed: 0, dwell: 3 * random.next(), cruise: 0 }
  vehicle.cruise = CRUISE.least + (CRUISE.most - CRUISE.least) * random.next()
  const { length, limits } = lineOf(vehicle)
  vehicle.at = length * random.next()
  vehicle.nextLimit = limits.findIndex(({ at }) => at > vehicle.at)
  vehicle.leg = positionAt(lineOf(vehicle), vehicle.at, 0).leg
  return vehicle
}

/** The highest speed from which it can still come down to `limit` within `distance`, a step of `dt` included (Gipps, 1981). */
const safeSpeed = (distance: number, limit: number, dt: number): number => {
  const reach = BRAKING * dt
  return -reach + Math.sqrt(reach * reach + limit * limit + 2 * BRAKING * Math.max(0, distance))
}

/** At the end of its line it rests, then goes on with the next; at other stops it stands while people get on and off. */
const stopAt = (vehicle: Vehicle, line: Line, random: Random): void => {
  vehicle.speed = 0
  if (vehicle.nextLimit < line.limits.length) {
    vehicle.dwell = Math.min(DWELL.most, DWELL.least + random.exponential(DWELL.mean - DWELL.least))
    return
  }
  vehicle.dwell = LAYOVER.least + (LAYOVER.most - LAYOVER.least) * random.next()
  vehicle.line = (vehicle.line + 1) % vehicle.circuit.lines.length
  vehicle.at = 0
  vehicle.leg = 0
  vehicle.nextLimit = 0
}

const drive = (vehicle: Vehicle, dt: number, random: Random): void => {
  const line = lineOf(vehicle)
  const limit = line.limits[vehicle.nextLimit] ?? { at: line.length, speed: 0 }
  const distance = limit.at - vehicle.at
  const wanted = Math.min(vehicle.cruise, vehicle.speed + ACCELERATION * dt, safeSpeed(distance, limit.speed, dt))
  // The last half metre before a stop is rolled in one go: the formula alone would creep towards it for ever.
  const arrives = limit.speed === 0 && distance < 0.5
  vehicle.speed = Math.max(0, wanted)
  vehicle.at = arrives ? limit.at : Math.min(limit.at, vehicle.at + vehicle.speed * dt)
  if (vehicle.at < limit.at) return
  vehicle.nextLimit++
  if (limit.speed === 0) stopAt(vehicle, line, random)
}

/** Moves a vehicle on by `seconds`. */
export const stepVehicle = (vehicle: Vehicle, seconds: number, random: Random): void => {
  for (let left = seconds; left > 1e-9; ) {
    if (vehicle.dwell > 0) {
      const stood = Math.min(vehicle.dwell, left)
      vehicle.dwell -= stood
      left -= stood
      continue
    }
    const dt = Math.min(STEP, left)
    drive(vehicle, dt, random)
    left -= dt
  }
}

/** Where it is: the true position, on its line. */
export const place = (vehicle: Vehicle): { lat: number; lon: number; heading: number } => {
  const found = positionAt(lineOf(vehicle), vehicle.at, vehicle.leg)
  vehicle.leg = found.leg
  return found
}
