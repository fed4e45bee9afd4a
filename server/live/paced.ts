import type { Tuning } from '../../wire/protocol.ts'
import type { Topic } from '../../wire/topics.ts'
import { createAlarm } from './alarm.ts'
import type { Conflate } from './conflate.ts'
import type { Message } from './message.ts'

/** The topics of one client that are watched at a pace of their own, and what is held of them until it is due. */
export type Paced = {
  /** Sets how a topic is watched. Returns what was held of it, which goes out before anything else. */
  tune: (topic: Topic, tuning: Tuning) => readonly Message[]
  /**
   * Conflates every topic that has no pace of its own, at so many frames a second; null: no longer. Returns what was
   * held of them.
   */
  slow: (rate: number | null) => readonly Message[]
  /** Takes a message of a topic that has a pace, until it is due; false where the topic has none. */
  hold: (message: Message) => boolean
  holds: (topic: Topic) => boolean
  /** What is held, in bytes. */
  bytes: () => number
  /** Takes out what is due, conflated where the topic is watched so. */
  take: (now: number) => readonly Message[]
  /** Takes out everything as it is. */
  clear: () => readonly Message[]
  close: () => void
}

type Pace = { latest: boolean; intervalMs: number; held: Message[]; dueAt: number }

/** Whether a topic that is watched so has a pace of its own. */
export const hasPace = ({ mode, rate }: Tuning): boolean => mode === 'latest' || rate !== undefined

const paceOf = ({ mode, rate }: Tuning): Pace => ({
  latest: mode === 'latest',
  intervalMs: rate ? 1000 / rate : 0,
  held: [],
  dueAt: 0,
})

/** `wake` is called when something comes due without anything new arriving; `guard` makes its timer safe. */
export const createPaced = (
  conflate: Conflate,
  now: () => number,
  wake: () => void,
  guard: (run: () => void) => () => void,
): Paced => {
  const paces = new Map<Topic, Pace>()
  let slowed: { tuning: Tuning; paces: Map<Topic, Pace> } | null = null
  const holding = new Map<Topic, Pace>()
  let bytes = 0
  const alarm = createAlarm(now, wake, guard)

  const out = (pace: Pace): readonly Message[] => {
    for (const { text } of pace.held) bytes -= text.length
    const messages = pace.latest ? conflate(pace.held) : pace.held
    pace.held = []
    return messages
  }

  const slowPace = (topic: Topic): Pace | undefined => {
    if (slowed === null) return undefined
    const pace = slowed.paces.get(topic) ?? paceOf(slowed.tuning)
    slowed.paces.set(topic, pace)
    return pace
  }

  return {
    tune: (topic, tuning) => {
      const before = holding.get(topic)
      holding.delete(topic)
      slowed?.paces.delete(topic)
      if (hasPace(tuning)) paces.set(topic, paceOf(tuning))
      else paces.delete(topic)
      return before ? out(before) : []
    },
    slow: (rate) => {
      const before = slowed
      slowed = rate === null ? null : { tuning: { mode: 'latest', rate }, paces: new Map() }
      return [...(before?.paces ?? [])].flatMap(([topic, pace]) => (holding.delete(topic) ? out(pace) : []))
    },
    hold: (message) => {
      if (paces.size === 0 && slowed === null) return false
      const pace = paces.get(message.topic) ?? slowPace(message.topic)
      if (!pace) return false
      if (pace.held.length === 0) {
        // On one grid of time for all clients: those at the same rate send the same, which is then made once.
        pace.dueAt = pace.intervalMs === 0 ? 0 : (Math.floor(now() / pace.intervalMs) + 1) * pace.intervalMs
        holding.set(message.topic, pace)
      }
      pace.held.push(message)
      bytes += message.text.length
      alarm.setTo(pace.dueAt)
      return true
    },
    holds: (topic) => holding.has(topic),
    bytes: () => bytes,
    take: (at) => {
      const due: Message[] = []
      let next = Number.POSITIVE_INFINITY
      for (const [topic, pace] of holding) {
        if (pace.dueAt > at) next = Math.min(next, pace.dueAt)
        else {
          holding.delete(topic)
          due.push(...out(pace))
        }
      }
      if (next < Number.POSITIVE_INFINITY) alarm.setTo(next)
      return due
    },
    clear: () => {
      const all = [...holding.values()].flatMap((pace) => pace.held.splice(0))
      holding.clear()
      bytes = 0
      return all
    },
    close: alarm.stop,
  }
}
