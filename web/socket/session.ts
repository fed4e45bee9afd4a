import type { Watches } from '../state/watches.ts'
import { createAlarm } from './alarm.ts'
import { createLives } from './lives.ts'
import { createRetries } from './retries.ts'
import { type Ask, createRounds } from './rounds.ts'

/** What a session needs of a connection. */
export type Asker = { connected: () => boolean; restart: () => void; ask: Ask }

export type SessionOptions = {
  asker: Asker
  watches: Watches
  now: () => number
  random: () => number
  /** Each answer's round trip, in milliseconds. */
  onRoundTrip: (duration: number) => void
  /** What we have is old until the node has answered for all of it: false when that begins, true when it is done. */
  onCaughtUp: (done: boolean) => void
}

/** Wants that come together are sent together: this long is waited for more, in milliseconds. */
const GATHER = 25
/** How long to wait at least before asking again where the node refused, in milliseconds. */
const AFTER_REFUSAL = 1_000

/**
 * Keeps the node's idea of what we watch equal to ours: one round of messages at a time, everything at once after a
 * (re)connect. While paused (a hidden tab) nothing is watched, and resuming asks for all of it by cursor.
 */
export const createSession = ({ asker, watches, now, random, onRoundTrip, onCaughtUp }: SessionOptions) => {
  const alarm = createAlarm()
  const lives = createLives()
  let busy = false
  let paused = false
  /** Works under way for which nothing may be watched. */
  let still = 0

  const later = (wait: number): void => alarm.set(wait, () => void pump())
  /** A wait that is under way is not begun anew: it would never end where something new comes all the time. */
  const poke = (): void => {
    if (!alarm.isSet()) later(GATHER)
  }
  const onUnavailable = createRetries({ watches, lives, random, poke })
  const round = createRounds({ ask: asker.ask, watches, now, onRoundTrip, onUnavailable })

  const pump = async (): Promise<void> => {
    if (paused || still > 0 || !asker.connected()) return
    if (busy) return poke()
    busy = true
    const isOver = lives.current()
    try {
      const end = await round(isOver)
      if (end !== 'refused' && !isOver()) onCaughtUp(true)
      if (end !== 'done') later(end === 'refused' ? AFTER_REFUSAL * (1 + random()) : GATHER)
    } catch {
      // No answer in time, or the connection broke on the way. The next connection asks for everything anyway.
      if (!isOver()) asker.restart()
    } finally {
      busy = false
      if (isOver()) poke()
    }
  }

  const startOver = (): void => {
    lives.next()
    watches.askAll()
    onCaughtUp(false)
    later(0)
  }

  /** Watches nothing any more, until everything is asked for again. */
  const letGo = async (): Promise<void> => {
    lives.next()
    if (!asker.connected()) return
    try {
      await Promise.all([asker.ask.unwatch({ topics: watches.names() }), asker.ask.watch({ view: null })])
    } catch {
      asker.restart()
    }
  }

  return {
    /** Something new is wanted, or no longer: tell the node soon. */
    poke,
    /** A connection was made: the node knows nothing of us yet. */
    connected: startOver,
    disconnected: (): void => {
      lives.next()
      alarm.stop()
    },
    paused: (): boolean => paused,
    pause: async (): Promise<void> => {
      if (paused) return
      paused = true
      await letGo()
    },
    resume: (): void => {
      if (!paused) return
      paused = false
      startOver()
    },
    /** Does something while nothing is watched, and asks for everything afterwards, whatever is known of it. */
    anew: async (work: () => Promise<void>): Promise<void> => {
      still++
      try {
        if (!paused) await letGo()
        await work()
      } finally {
        still--
        watches.forgetCursors()
        startOver()
      }
    },
  }
}
export type Session = ReturnType<typeof createSession>
