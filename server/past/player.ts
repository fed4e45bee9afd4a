import { ArchiveAway } from '../../archive/archive.ts'
import type { PastClock, PastStand } from '../../wire/past.ts'
import type { Faults } from '../faults.ts'
import { asked, boundOf, type Move, stepped } from './clock.ts'
import type { Source } from './source.ts'

/** So often a clock goes on, and so soon it tries again where the archive is away, in milliseconds. */
const TICK_MS = 200
const AGAIN_MS = 1000
/** So far ahead of its clock the archive is read, in milliseconds of the reader. */
const AHEAD_MS = 3000
/** The longest step of a clock, in milliseconds of its reader: what was held up for longer does not come all at once. */
const LONGEST_STEP_MS = 1000
/** A clock that is late by so much, in milliseconds of its reader, is told to stand elsewhere. */
const LATE_MS = 1000

export type PlayerPorts = {
  source: Pick<Source, 'advance' | 'told' | 'jump'>
  /** Up to where the archive has all, as it is known; rejects where that is not known at all. */
  edge: () => Promise<number>
  /** A clock in milliseconds that never goes back. */
  now: () => number
  /** The clock stands elsewhere than it would have come by itself. */
  tell: (stand: PastStand) => void
  /** It was held up. */
  held: (why: 'slow' | 'away') => void
  faults: Faults
  /** A fault of this clock's own: ends its client. */
  fail: () => void
  /** The client, where a fault is told. */
  id: string
}

/** The clock of one client, and what is told as it goes on. */
export type Player = {
  stand: () => PastStand
  /** Moves the clock. Resolves with where it stands then. */
  move: (request: Move) => Promise<PastStand>
  close: () => void
}

export const createPlayer = (first: PastClock, begin: number, ports: PlayerPorts): Player => {
  const { source, now, faults } = ports
  let clock = first
  let edge = begin
  let held: PastStand['held']
  let last = now()
  let late = 0
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | null = null
  /** Moves that wait until nothing is being told. */
  let moving = 0
  let isOpen = true

  const stand = (): PastStand => ({
    at: source.told() - 1,
    speed: clock.speed,
    edge,
    ...(held && { held }),
  })
  const hold = (why: PastStand['held'], tell: boolean): void => {
    const isNews = tell || held !== why
    held = why
    if (!isNews) return
    if (why) ports.held(why)
    ports.tell(stand())
  }

  /** Goes on by the time that went by, as far as it comes. */
  const goOn = async (): Promise<void> => {
    const from = clock
    const at = now()
    const elapsed = Math.max(at - last, 0)
    const went = Math.min(elapsed, LONGEST_STEP_MS)
    edge = await ports.edge()
    const next = stepped(from, went, edge)
    last = at
    // Whoever moves the clock, or is to hear that it goes slower, does not wait until all of it is told.
    const goesOn = (): boolean => moving === 0 && now() - at < LONGEST_STEP_MS
    await source.advance(boundOf(next.at), boundOf(Math.min(next.at + AHEAD_MS * from.speed, edge)), goesOn)
    if (clock !== from || moving > 0) return
    const to = source.told() - 1
    const missed = Math.floor(next.at) - to
    clock = missed > 0 ? { at: to, speed: from.speed } : next
    const lost = elapsed - went + Math.max(missed, 0) / (from.speed || 1)
    late = lost > 0 ? late + lost : 0
    const isLate = late > LATE_MS
    if (isLate) late = 0
    hold(isLate || (held === 'slow' && lost > 0) ? 'slow' : undefined, isLate || clock.speed !== from.speed)
  }

  const away = (error: unknown): void => {
    if (!(error instanceof ArchiveAway)) throw error
    hold('away', false)
  }

  const tick = async (): Promise<void> => {
    timer = undefined
    running = goOn().catch(away)
    await running
    running = null
    // What went by while the archive was away is not made up for.
    if (held === 'away') last = now() + AGAIN_MS
    schedule(held === 'away' ? AGAIN_MS : TICK_MS)
  }
  const ticked = faults.guard('past.clock', tick, ports.fail, ports.id)
  const schedule = (ms: number): void => {
    if (isOpen && clock.speed > 0 && running === null) timer ??= setTimeout(ticked, ms)
  }
  schedule(TICK_MS)
  const stopped = async (): Promise<void> => {
    moving++
    try {
      await running
    } finally {
      moving--
    }
  }

  return {
    stand,
    move: async (request) => {
      edge = await ports.edge()
      // The stretch that is being told goes on to its end, unless it is thrown away anyway.
      if (request.at === undefined) await stopped()
      const to = asked({ at: source.told() - 1, speed: clock.speed }, request, edge)
      const isElsewhere = Math.floor(to.at) !== source.told() - 1
      clock = to
      held = undefined
      late = 0
      last = now()
      if (isElsewhere) source.jump(boundOf(to.at))
      schedule(TICK_MS)
      return stand()
    },
    close: () => {
      isOpen = false
      clearTimeout(timer)
    },
  }
}
