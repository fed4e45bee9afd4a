import { z } from 'zod'
import { NAME, NUMBER, object, TEXT } from './patterns.ts'

const READING = `"[a-z][a-z0-9_]*":${NUMBER}`
const READINGS = String.raw`\{${READING}(?:,${READING})*\}`

/** A fix as the function library writes it. */
const TOLD = { 'speed?': NUMBER, 'heading?': NUMBER, 'battery?': NUMBER, 'route?': TEXT }
const MORE = { 'parked?': 'true', 'readings?': READINGS, 'doubtful?': 'true' }
export const FIX = object({ id: NAME, n: NUMBER, t: NUMBER, lat: NUMBER, lon: NUMBER, ...TOLD, ...MORE })

const number = z.number()
export const fixShape = z.looseObject({
  id: z.string(),
  n: number,
  t: number,
  lat: number,
  lon: number,
  speed: number.optional(),
  heading: number.optional(),
  battery: number.optional(),
  route: z.string().optional(),
  parked: z.literal(true).optional(),
  readings: z.record(z.string(), number).optional(),
  doubtful: z.literal(true).optional(),
})
