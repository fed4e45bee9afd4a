import { z } from 'zod'
import { NAME, NUMBER, object, TEXT } from './patterns.ts'

/** A fix as the function library writes it. */
const TOLD = { 'speed?': NUMBER, 'heading?': NUMBER, 'battery?': NUMBER, 'route?': TEXT, 'doubtful?': 'true' }
export const FIX = object({ id: NAME, n: NUMBER, t: NUMBER, lat: NUMBER, lon: NUMBER, ...TOLD })

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
  doubtful: z.literal(true).optional(),
})
