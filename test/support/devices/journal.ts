import type { Answer } from '../../../wire/devices.ts'

/** How a device is with one command. `silent`: it does what it is asked and never says a word of it. */
export const MANNERS = [
  'usual',
  'answers first',
  'acknowledges twice',
  'answers late',
  'silent',
  'refuses',
  'fails',
] as const
export type Manner = (typeof MANNERS)[number]

/** What a device knows of one command, and keeps when it is restarted. All times are Unix milliseconds. */
export type Entry = {
  id: string
  /** The deadline that it was given; null where it knows the id alone. */
  until: number | null
  manner: Manner
  /** When it was delivered, each time; also where the device lost it at once. */
  came: number[]
  /** It has it: from now on it does what it is to do. */
  taken: boolean
  /** When it did it; more than once is a fault. */
  did: number[]
  /** What became of it, once that is decided. */
  end: Answer | null
  /** A node has taken the end. */
  heard: boolean
}

/** All that a device did. */
export type DeviceJournal = {
  id: string
  entries: Entry[]
  /** What must never be, in words. */
  faults: string[]
}
