import type { ReadonlySignal } from '@preact/signals'
import type { PastStand, Speed } from '../../../wire/past.ts'
import type { Clock } from '../clock.ts'

/** How many times as fast as it was; 0: it stands still. */
export type Pace = Speed | 0

/** A heartbeat that differs by less than this is late by its way here, in milliseconds of the reader. */
const SLACK = 500

/**
 * This page's idea of where its clock of the past stands, which a node runs. `lost`: no node runs it, so that it stands
 * still; `moving`: a node is asked to set it, and what it told before counts no more; `running`: it goes on by itself.
 */
export const createPastClock = (first: number, pace: ReadonlySignal<Pace>, steady: () => number) => {
  let phase: 'lost' | 'moving' | 'running' = 'lost'
  let base: { at: number; since: number; speed: Pace } = { at: first, since: steady(), speed: 0 }
  const set = (at: number, speed: Pace): void => {
    base = { at, since: steady(), speed }
  }
  const now = (): number => Math.floor(base.at + (steady() - base.since) * base.speed)

  const stamped = (at: number): void => {
    if (phase === 'lost') {
      phase = 'running'
      set(at, pace.peek())
    } else if (phase === 'running' && Math.abs(at - now()) > SLACK * Math.max(1, base.speed)) set(at, base.speed)
  }
  /** As the clock of the link: this page's time is the node's, for both are the moment. */
  const ofLink: Clock = {
    stamped,
    sentAt: (_at, now) => now,
    roundTrip: () => {},
    /** All that happened up to then has been told. */
    arrived: (at) => {
      if (phase === 'running' && at > now()) set(at, base.speed)
    },
    offset: () => 0,
    serverTime: (moment) => moment,
    delay: () => null,
    reset: () => {},
  }

  return {
    ofLink,
    /** The moment, in whole milliseconds: all that happened up to then is shown, or about to be. */
    now,
    /** The node says where it stands. */
    tell: ({ at, speed }: Pick<PastStand, 'at' | 'speed'>): void => {
      phase = 'running'
      set(at, speed)
    },
    /** A node is about to set it. */
    move: (at: number): void => {
      phase = 'moving'
      set(at, 0)
    },
    /** The connection is gone. */
    lose: (): void => {
      phase = 'lost'
      set(now(), 0)
    },
  }
}
export type PastClock = ReturnType<typeof createPastClock>
