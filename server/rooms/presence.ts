import type { Logger } from 'pino'
import { callFunction } from '../../redis/call.ts'
import type { Author } from '../../wire/rooms.ts'
import { type Faults, isOwnFault } from '../faults.ts'
import type { Commands } from '../redis/deployment.ts'
import { hereCall, MOST_TOLD } from './calls.ts'
import { createJudge } from './judge.ts'
import { createRoster, type Known, type Tab, toHere } from './roster.ts'

/** What a node tells of its people is good for so long, and told again this often. */
const LEASE_MS = 12_000
const EVERY_MS = 5000
/** Whoever closed their last tab stays for so long: they may only reload, or move to another node. */
const LINGER_MS = 8000
/** What changes within so long is told together. */
const TOGETHER_MS = 50

export type Presence = {
  join: (self: Author) => Tab
  /** Tells Redis of this node's people, and has it drop those whose node is gone. Called once a second. */
  tell: () => Promise<void>
  /** People of this node. */
  count: () => number
  /** Tells nothing any more. */
  stop: () => void
}

export type PresencePorts = {
  redis: Commands
  node: string
  /** Whether Redis can be used. */
  isUp: () => boolean
  /** Unix milliseconds. */
  time: () => number
  /** Milliseconds, by a clock that never goes back. */
  now: () => number
  log: Logger
  faults: Faults
}

export const createPresence = ({ redis, node, isUp, time, now, log, faults }: PresencePorts): Presence => {
  const judge = createJudge(LEASE_MS, now)
  const failing = tellOnce(log)
  let telling = false
  let waiting = false
  let stopped = false

  /** Tells in a moment, together with what else changes until then. */
  const soon = (): void => {
    if (waiting || stopped) return
    waiting = true
    setTimeout(faults.guard('chore.presence', tell), TOGETHER_MS).unref()
  }
  const roster = createRoster({ changed: soon, time, now })

  const tellSome = async (people: readonly Known[], leaseMs: number): Promise<void> => {
    for (const known of people) known.changed = false
    try {
      await callFunction(redis, hereCall(node, leaseMs, judge.mayJudge(), people.map(toHere)))
      for (const known of people) known.told = now()
    } catch (error) {
      for (const known of people) known.changed = true
      throw error
    }
  }
  const tellAll = async (): Promise<void> => {
    const { staying, leaving } = roster.due(EVERY_MS)
    for (const some of inParts(staying)) await tellSome(some, LEASE_MS)
    for (const some of inParts(leaving)) await tellSome(some, LINGER_MS)
    if (staying.length + leaving.length === 0) await tellSome([], LEASE_MS)
  }
  const tell = async (): Promise<void> => {
    waiting = false
    if (telling || stopped || !isUp()) return
    telling = true
    try {
      await tellAll()
      judge.heard()
      failing.well()
      if (roster.hasNews()) soon()
    } catch (error) {
      judge.lost()
      if (isOwnFault(error)) throw error
      failing.told(error)
    } finally {
      telling = false
      roster.forget(LEASE_MS)
    }
  }

  return {
    join: roster.join,
    tell,
    count: roster.count,
    stop: () => {
      stopped = true
    },
  }
}

const inParts = (people: readonly Known[]): Known[][] => {
  const parts: Known[][] = []
  for (let i = 0; i < people.length; i += MOST_TOLD) parts.push(people.slice(i, i + MOST_TOLD))
  return parts
}

/** Tells once that something fails, and once that it works again. */
const tellOnce = (log: Logger) => {
  let fails = false
  return {
    told: (error: unknown): void => {
      if (!fails) log.warn({ reason: String(error) }, 'Redis cannot be told who is here')
      fails = true
    },
    well: (): void => {
      if (fails) log.info('Redis is told again who is here')
      fails = false
    },
  }
}
