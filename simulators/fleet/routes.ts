import { createRandom } from '../random.ts'

/** One direction of one route: `points` are `[latitude, longitude]` in driving order. */
export type RouteShape = { route: string; direction: number; points: [number, number][] }

/** What limits speed at a place along a line, metres from its start: 0 m/s is a stop. */
export type Limit = { at: number; speed: number }

/** A line ready to be driven: flat coordinates and distances in metres. */
export type Line = {
  route: string
  points: [number, number][]
  /** Metres from the start to each point. */
  along: number[]
  /** Degrees clockwise from north, from each point to the next. */
  headings: number[]
  limits: Limit[]
  length: number
}

/** Metres a degree of latitude. */
export const DEGREE = 111_195
const RADIANS = Math.PI / 180
/** Comfortable braking and sideways acceleration in m/s²: what passengers on their feet bear. */
export const BRAKING = 1.3
const SIDEWAYS = 1.6
const SLOWEST_TURN = 3
/** Metres between stops. */
const STOPS = { least: 280, most: 650 }

/** East and north in metres from one position to another nearby. */
export const offset = (from: readonly number[], to: readonly number[]): { east: number; north: number } => {
  const [lat = 0, lon = 0] = from
  const [toLat = 0, toLon = 0] = to
  return { east: (toLon - lon) * DEGREE * Math.cos(lat * RADIANS), north: (toLat - lat) * DEGREE }
}

/** The speed at which a bend of `turn` degrees between two legs (metres) can be taken. */
const turnSpeed = (turn: number, before: number, after: number): number => {
  const radius = Math.min(before, after, 40) / 2 / Math.tan((Math.min(turn, 170) * RADIANS) / 2)
  return Math.max(SLOWEST_TURN, Math.sqrt(SIDEWAYS * radius))
}

const turnLimits = (along: readonly number[], headings: readonly number[]): Limit[] => {
  const limits: Limit[] = []
  for (let i = 1; i < headings.length; i++) {
    const turn = Math.abs((((((headings[i] ?? 0) - (headings[i - 1] ?? 0) + 540) % 360) + 360) % 360) - 180)
    const at = along[i] ?? 0
    if (turn > 12) limits.push({ at, speed: turnSpeed(turn, at - (along[i - 1] ?? 0), (along[i + 1] ?? at) - at) })
  }
  return limits
}

/**
 * Makes each limit reachable from the one before by comfortable braking, so that a driver need look only at the next.
 */
const smooth = (limits: Limit[]): Limit[] => {
  for (let i = limits.length - 2; i >= 0; i--) {
    const here = limits[i]
    const next = limits[i + 1]
    if (here && next) here.speed = Math.min(here.speed, Math.sqrt(next.speed ** 2 + 2 * BRAKING * (next.at - here.at)))
  }
  return limits
}

/** The first and the last stop are the line's ends; those between lie where the seed of its name puts them. */
const stopLimits = (name: string, length: number): Limit[] => {
  const random = createRandom(0, name)
  const limits: Limit[] = []
  const gap = () => STOPS.least + (STOPS.most - STOPS.least) * random.next()
  for (let at = gap(); at < length - STOPS.least; at += gap()) limits.push({ at, speed: 0 })
  return [...limits, { at: length, speed: 0 }]
}

/** Measures a line and finds its stops and bends. */
export const createLine = ({ route, direction, points }: RouteShape): Line => {
  const along = [0]
  const headings: number[] = []
  for (let i = 1; i < points.length; i++) {
    const { east, north } = offset(points[i - 1] ?? [], points[i] ?? [])
    along.push((along[i - 1] ?? 0) + Math.hypot(east, north))
    headings.push((Math.atan2(east, north) / RADIANS + 360) % 360)
  }
  const length = along.at(-1) ?? 0
  const limits = [...turnLimits(along, headings), ...stopLimits(`${route}/${direction}`, length)]
  return { route, points, along, headings, limits: smooth(limits.sort((a, b) => a.at - b.at)), length }
}

/** The position `at` metres along a line; `leg` is where to begin to look, and where it was found. */
export const positionAt = (
  line: Line,
  at: number,
  leg: number,
): { lat: number; lon: number; heading: number; leg: number } => {
  const { along, points, headings } = line
  let i = leg
  while (i < headings.length - 1 && at >= (along[i + 1] ?? 0)) i++
  const start = along[i] ?? 0
  const part = Math.min(1, Math.max(0, (at - start) / ((along[i + 1] ?? start) - start || 1)))
  const [lat = 0, lon = 0] = points[i] ?? []
  const [nextLat = lat, nextLon = lon] = points[i + 1] ?? []
  return { lat: lat + part * (nextLat - lat), lon: lon + part * (nextLon - lon), heading: headings[i] ?? 0, leg: i }
}
