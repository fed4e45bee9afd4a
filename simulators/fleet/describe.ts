import type { DeviceDescription } from '../../wire/fleet.ts'
import { createRandom, type Random } from '../random.ts'

const FIRST =
  'Alma Ben Carla Dwayne Elena Farid Grace Hector Imani Jorge Kim Luis Maria Nadia Omar Paula Rosa Sam Tina Victor'
const LAST =
  'Adams Brooks Castillo Diaz Evans Flores Garza Hughes Ibarra Jones Khan Lopez Moreno Nguyen Ortiz Patel Reyes Silva Tran Young'

const pick = (words: string, random: Random): string => {
  const all = words.split(' ')
  return all[random.below(all.length)] ?? ''
}
const letter = (random: Random): string => 'BCDFGHJKLMNPRSTVWXYZ'[random.below(20)] ?? ''
const digits = (random: Random, count: number): string => String(random.below(10 ** count)).padStart(count, '0')

/**
 * Made-up people and things, the same for a device whatever the seed. Numbers from 555-0100 to 555-0199 are nobody's.
 */
const attributesOf = (id: string): Record<string, string> => {
  const random = createRandom(0, id)
  return {
    plate: `${letter(random)}${letter(random)}${letter(random)}-${digits(random, 4)}`,
    driver: `${pick(FIRST, random)} ${pick(LAST, random)}`,
    phone: `+1 512-555-01${digits(random, 2)}`,
  }
}

/** The groups that the simulator has: buses, and the cars of those who look after them. */
export const describeBus = (id: string, place: number): DeviceDescription => ({
  name: `Bus ${place + 1}`,
  group: 'buses',
  category: 'bus',
  attributes: attributesOf(id),
})
export const describeCar = (id: string, place: number): DeviceDescription => ({
  name: `Supervisor ${place + 1}`,
  group: 'supervisors',
  category: 'car',
  attributes: attributesOf(id),
})
