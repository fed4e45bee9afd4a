import type { Random } from '../../../simulators/random.ts'
import type { ReportedFix } from '../../../wire/devices.ts'
import type { DeviceJournal } from './journal.ts'

export type DeviceOptions = {
  ports: readonly number[]
  first: number
  id: string
  key: string
  random: Random
  /** How often it tells where it is (ms). */
  everyMs: number
  /** Where it begins, how fast it goes (m/s), and how far its clock is behind (ms). */
  start: Pick<ReportedFix, 'lat' | 'lon'>
  speed: number
  behindMs: number
  /** Kinds of commands that it says it understands. */
  takes: readonly string[]
}

export type Device = {
  isOpen: () => boolean
  /** Whether a node has taken a fix of it. */
  isLocated: () => boolean
  /** Commands of which it has to say what became of them, and nobody has taken that. */
  unsaid: () => number
  /** Loses its connection and all but its journal. */
  restart: () => void
  journal: () => DeviceJournal
  close: () => void
}
