import type { Random } from '../random.ts'

/** What a vehicle measures besides its position. `temperature`: of its load, degrees Celsius, where it cools it. */
export type Sensors = { random: Random; temperature: number | null; fuel: number; door: 0 | 1 }

/** A cooler holds its load at so many degrees, give or take; it drifts within so many seconds. */
const COOLED = { at: 4, by: 0.8, memory: 600 }
/** A full tank is 300 litres, of which 100 km take 40; it is filled where the vehicle rests, once it is this low (%). */
const FUEL = { lastsMetres: 750_000, low: 20 }
/** Every so many vehicles have a cooler. */
const COOLERS = 3

export const createSensors = (random: Random): Sensors => ({
  random,
  temperature: random.below(COOLERS) === 0 ? COOLED.at : null,
  fuel: 30 + 65 * random.next(),
  door: 0,
})

/** Moves on by `seconds`, in which so many metres were driven. */
export const stepSensors = (sensors: Sensors, seconds: number, metres: number, isParked: boolean): void => {
  sensors.fuel =
    isParked && sensors.fuel < FUEL.low ? 100 : Math.max(0, sensors.fuel - (100 * metres) / FUEL.lastsMetres)
  if (sensors.temperature === null) return
  const kept = Math.exp(-seconds / COOLED.memory)
  const fresh = COOLED.by * Math.sqrt(1 - kept * kept) * sensors.random.normal()
  sensors.temperature = COOLED.at + kept * (sensors.temperature - COOLED.at) + fresh
}

export const readSensors = ({ temperature, fuel, door }: Sensors): Record<string, number> => ({
  fuel: Math.round(fuel),
  door,
  ...(temperature !== null && { temperature: Math.round(10 * temperature) / 10 }),
})
