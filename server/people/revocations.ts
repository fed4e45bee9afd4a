import type { Logger } from 'pino'
import type { AccessSnapshot, AccessUpdate, Revocation } from '../../wire/access.ts'
import { NOWHERE } from '../../wire/cursors.ts'
import type { Cursor } from '../../wire/protocol.ts'
import { ACCESS } from '../../wire/topics.ts'
import { isOwnFault } from '../faults.ts'
import { createBudget } from '../live/budget.ts'
import { parseBytes } from '../live/bytes.ts'
import type { Demand } from '../live/demand.ts'
import type { Joining, Watcher } from '../live/watcher.ts'
import type { Person } from './person.ts'
import { createRevoked, type Revoked } from './revoked.ts'

export type Revocations = {
  /** Whether what is taken back is heard of just now. While it is not, nobody new is let in. */
  hears: () => boolean
  isRevoked: (person: Person) => boolean
  /** Revocations that are known and have not ended. */
  count: () => number
  /** Compares with Redis, tells again what it lost, and forgets what has ended. To be called once a second. */
  check: () => Promise<void>
}

export type RevocationsPorts = {
  demand: Pick<Demand, 'join' | 'position' | 'recover'>
  /** Where `a:access` is in Redis; null where nothing was ever taken back. */
  cursor: () => Promise<Cursor | null>
  /** Whether Redis is known to be away. */
  isDown: () => boolean
  /** Tells Redis what it has lost. */
  tellAgain: (lost: readonly Revocation[]) => Promise<void>
  /** Ends the sessions of all who are out; returns how many there were. */
  end: (isOut: (person: Person) => boolean) => number
  /** Called with how many revocations were told again. */
  toldAgain: (count: number) => void
  /** Unix milliseconds; and milliseconds by a clock that never goes back. */
  now: () => number
  clock: () => number
  log: Logger
}

/** How often a node compares, in milliseconds. */
export const CHECK_EVERY_MS = 1000
/**
 * A node hears nothing where it wanted to compare and could not for so long, or where it has not even tried for far
 * longer: a node that was busy for some seconds hears as soon as it goes on. In milliseconds.
 */
export const COMPARED_WITHIN_MS = 2000
const TRIED_WITHIN_MS = 10_000
/** Longest replay that is taken in place of the state, in bytes. */
const MOST_REPLAYED = 1024 * 1024
/** Revocations that one line of the log names. */
const MOST_NAMED = 10

/**
 * Follows what is taken back as a client follows a topic: joins at the start, and never leaves. Resolves once the state
 * is known, or could not be had for now.
 */
export const followRevocations = async (ports: RevocationsPorts): Promise<Revocations> => {
  const { demand, clock, log } = ports
  const revoked = createRevoked(ports.now)
  const memory = createMemory(revoked, ports)
  const watcher: Watcher = { push: ({ text }) => memory.take(text), gap: () => {} }
  let joined = false
  /** When the last comparison began that found all well, and the first one since then that did not, or has not yet. */
  let heardAt = Number.NEGATIVE_INFINITY
  let waitingSince: number | null = null
  let checking = false

  const join = async (): Promise<boolean> => {
    await joinAccess(demand, watcher, memory.take)
    joined = true
    return true
  }
  /** Whoever has read where the topic stands, and is there, has heard all that was taken back before. */
  const compare = async (): Promise<boolean> => {
    const there = (await ports.cursor()) ?? NOWHERE
    const here = demand.position(ACCESS)
    if (here?.epoch === there.epoch && here.seq >= there.seq) return true
    demand.recover([ACCESS])
    return false
  }
  const check = async (): Promise<void> => {
    revoked.forgetEnded()
    if (checking) return
    checking = true
    const from = clock()
    waitingSince ??= from
    try {
      if (await (joined ? compare() : join())) {
        heardAt = from
        waitingSince = null
      }
      await memory.heal()
    } catch (error) {
      // Redis is away; the next check does it.
      if (isOwnFault(error)) throw error
      log.debug({ reason: String(error) }, 'What is taken back could not be compared')
    } finally {
      checking = false
    }
  }
  await check()
  return {
    hears: () => {
      if (!joined || !revoked.isComplete() || ports.isDown()) return false
      const now = clock()
      return now - (waitingSince ?? now) <= COMPARED_WITHIN_MS && now - heardAt <= TRIED_WITHIN_MS
    },
    isRevoked: revoked.has,
    count: revoked.count,
    check,
  }
}

type Texts = (bytes: string) => void

/** Joins the topic; `take` gets its state. Rejects where Redis cannot be asked. */
const joinAccess = (demand: RevocationsPorts['demand'], watcher: Watcher, take: Texts): Promise<void> =>
  new Promise((resolve, reject) => {
    const joining: Joining = {
      budget: createBudget(MOST_REPLAYED),
      use: (result) => {
        if (result.kind === 'snapshot') take(`{"snapshot":${result.snapshot}}`)
        return true
      },
      done: (error) => (error === null ? resolve() : reject(error)),
    }
    demand.join(ACCESS, watcher, null, joining)
  })

type Told = Partial<AccessUpdate> & { at?: number; snapshot?: AccessSnapshot }

/** What is told of the topic goes into what is known; what is known and not in Redis's state is told again. */
const createMemory = (revoked: Revoked, { end, tellAgain, toldAgain, now, log }: RevocationsPorts) => {
  let lost: Revocation[] = []

  const add = (all: readonly Revocation[], at?: number): void => {
    const news = revoked.add(all)
    if (news.length === 0) return
    const sessions = end(revoked.has)
    const what = news.slice(0, MOST_NAMED).map((each) => each.what)
    const lateMs = at === undefined ? null : Math.max(Math.round(now() - at), 0)
    log.info({ what, count: news.length, sessions, lateMs }, 'Taken back')
  }
  return {
    take: ((bytes) => {
      const told = parseBytes<Told>(bytes)
      add(told.snapshot?.revoked ?? told.revoked ?? [], told.snapshot ? undefined : told.at)
      if (told.snapshot) lost = revoked.lackedBy(told.snapshot.revoked)
    }) satisfies Texts,
    heal: async (): Promise<void> => {
      const telling = lost
      if (telling.length === 0) return
      await tellAgain(telling)
      if (lost === telling) lost = []
      toldAgain(telling.length)
      log.warn({ count: telling.length }, 'Redis had lost what was taken back; it was told again')
    },
  }
}
