import fc from 'fast-check'
import { hashText } from '../../simulators/random.ts'
import type { Ask } from '../bench/calls.ts'
import type { RedisClient } from '../support/redis-client.ts'
import type { ReaderCalls } from './reader/reader.ts'

/** What a case is run against. */
export type Target = {
  port: number
  /** Of a node that lets nobody in without a token. */
  closedPort: number
  /** Where the first takes NMEA 0183. */
  linesPort: number
  redis: RedisClient
  /** The process that reads recordings. */
  reader: Ask<ReaderCalls>
  /**
   * The address that the case comes from: each has one of its own, so that no limit of an address makes one depend on
   * those before.
   */
  from: string | undefined
}

/** What became of a case. */
export type Outcome = {
  /** What was refused, by kind; each stands as often as it was refused. */
  refusals: string[]
  /** The node ended the connection. */
  cut: boolean
  /** What may never be, in words. */
  faults: string[]
  /** The exact bytes that were sent, as latin1; null where the case itself says it all. */
  sent: string | null
}

type Spec<Case> = {
  about: string
  /** Cases under way at once. */
  lanes: number
  /**
   * Cases are plain data, as JSON takes it: they can be written down, and run again whatever becomes of these shapes.
   */
  shapes: fc.Arbitrary<Case>
  run: (target: Target, value: Case) => Promise<Outcome>
  /** What once failed. It always runs first. */
  corpus: Readonly<Record<string, Case>>
}

/** One way in from outside. */
export type Surface = {
  name: string
  about: string
  lanes: number
  /** The case of this number; the same seed gives the same cases. */
  make: (seed: number, number: number) => unknown
  run: (target: Target, value: unknown) => Promise<Outcome>
  corpus: Readonly<Record<string, unknown>>
}

export const defineSurface = <Case>(name: string, { shapes, run, ...spec }: Spec<Case>): Surface => ({
  ...spec,
  name,
  make: (seed, number) => fc.sample(shapes, { seed: hashText(`${name} ${seed} ${number}`) | 0, numRuns: 1 })[0],
  run: (target, value) => run(target, value as Case),
})
