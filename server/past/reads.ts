import type { Archive } from '../../archive/archive.ts'
import { questionsPaidBy } from '../archive/questions.ts'

const READS = [
  'candles',
  'minutes',
  'trades',
  'lastTrade',
  'track',
  'fixesOf',
  'fixesIn',
  'lastIn',
  'events',
  'eventsOf',
  'messages',
  'complete',
] as const
/** What clocks read of the archive. */
export type Reads = Pick<Archive, (typeof READS)[number]>

/** The same for one clock: what the answers take of this thread counts with what is told of them. */
export const readsPaidBy = (archive: Reads, pay: (cost: number) => void): Reads => questionsPaidBy(archive, READS, pay)
