import type { Logger } from 'pino'
import type { Archive } from '../../archive/archive.ts'
import type { Port } from '../../feed/port.ts'
import type { Faults } from '../faults.ts'
import type { Register } from '../fleet/register.ts'
import type { Commands } from '../redis/deployment.ts'
import type { Unreadable } from '../redis/unreadable.ts'
import type { CountRows } from './writing.ts'

/** How much of a symbol and of a device stays in Redis (ms). */
export type Kept = { s: number; d: number }

/** What the node that archives works by. */
export type ArchivistPorts = {
  redis: Commands
  /** The way by which it has Redis drop what is archived. */
  port: Port
  archive: Archive
  register: () => Promise<Register>
  /** Whether Redis can be used. */
  isUp: () => boolean
  /** Whether each trade of a symbol is archived. */
  keepsTrades: (symbol: string) => boolean
  /** What stays in Redis. */
  kept: Kept
  timing: Timing
  count: CountRows
  unreadable: Unreadable
  log: Logger
  faults: Faults
  /** Milliseconds, by a clock that never goes back. */
  clock: () => number
  /** Redis's clock, Unix ms. */
  now: () => number
  /** Lets all else have its turn. */
  rest: () => Promise<unknown>
}

/** In milliseconds. */
export type Timing = {
  /** How often a turn comes. */
  turn: number
  /** How long what is new waits, at the least. */
  lag: number
  /** Nothing is dropped from Redis for so long after this node began, and after a feed filled in history. */
  settled: number
  /** An archive that is away is tried again after so long, at first and at the most. */
  again: { first: number; most: number }
}

export const TIMING: Timing = { turn: 250, lag: 5000, settled: 600_000, again: { first: 1000, most: 15_000 } }
