import { emptySnapshot } from '../../../../server/kinds/kinds.ts'
import type { Release, TopicPorts } from '../../../../server/live/ports.ts'
import type { Cursor } from '../../../../wire/protocol.ts'
import type { Topic } from '../../../../wire/topics.ts'
import { noFaults } from '../../../support/faults.ts'
import type { Redis } from './redis.ts'

/**
 * Something that a node asked of Redis. Redis does it at one moment, and the node hears of it at a later one, or never.
 */
type Asked = { act: () => void; answer: () => void; refuse: () => void }

/** `listening`: since Redis did the subscription. */
type Line = { hear: (text: string) => void; listening: boolean }

/**
 * What lies between one node and Redis, in the test's hands: what was published and has not arrived, and what was asked
 * and is not answered.
 */
export const createNetwork = (redis: () => Redis, renewed: (topics: Topic[]) => void) => {
  const lines = new Map<Topic, Line>()
  const wire: { topic: Topic; text: string }[] = []
  const asked: Asked[] = []
  const counts: Record<string, number> = {}

  const ask = <T>(act: () => T): Promise<T> =>
    new Promise((resolve, reject) => {
      let done: { value: T } | null = null
      const once = (): { value: T } => {
        done ??= { value: act() }
        return done
      }
      asked.push({
        act: once,
        answer: () => resolve(once().value),
        refuse: () => reject(new Error('Redis cannot be asked')),
      })
    })

  const subscribe = async (topic: Topic, hear: (text: string) => void): Promise<Release> => {
    const line: Line = { hear, listening: false }
    lines.set(topic, line)
    const release = (): void => {
      if (lines.get(topic) === line) lines.delete(topic)
    }
    try {
      await ask(() => {
        line.listening = true
      })
    } catch (error) {
      release()
      throw error
    }
    return release
  }

  /** Subscribes anew what is deaf, and says so. */
  const mend = (topics: Iterable<Topic>): void => {
    const deaf = [...topics].filter((topic) => lines.get(topic)?.listening === false)
    for (const topic of deaf) (lines.get(topic) as Line).listening = true
    if (deaf.length > 0) renewed(deaf)
  }

  const ports: TopicPorts = {
    channels: { subscribe, renew: (topic) => queueMicrotask(() => mend([topic])) },
    read: (topic, after) => ask(() => redis().read(topic, after)),
    empty: emptySnapshot,
    isUpdate: () => true,
    faults: noFaults,
    count: (event) => {
      counts[event] = (counts[event] ?? 0) + 1
    },
  }
  const deliver = (): void => {
    const next = wire.shift()
    if (next) lines.get(next.topic)?.hear(next.text)
  }

  return {
    ports,
    counts,
    stands: (topics: readonly Topic[]): Promise<(Cursor | null)[]> =>
      ask(() => topics.map((topic) => redis().cursor(topic))),
    published: (topic: Topic, text: string): void => {
      if (lines.get(topic)?.listening) wire.push({ topic, text })
    },
    deliver: (most: number): void => {
      for (let i = Math.min(most, wire.length); i > 0; i--) deliver()
    },
    lose: (at: number): void => void wire.splice(at % Math.max(wire.length, 1), 1),
    repeat: (at: number): void => {
      const message = wire[at % Math.max(wire.length, 1)]
      if (message) wire.push(message)
    },
    /** The next message comes after so many others. */
    delay: (by: number): void => {
      const message = wire.shift()
      if (message) wire.splice(by, 0, message)
    },
    /** Redis does what was asked and has not answered; or it answers; or it does neither. */
    act: (at: number): void => asked[at % Math.max(asked.length, 1)]?.act(),
    answer: (at: number): void => asked.splice(at % Math.max(asked.length, 1), 1)[0]?.answer(),
    refuse: (at: number): void => asked.splice(at % Math.max(asked.length, 1), 1)[0]?.refuse(),
    /** Does all there is to do, in order. */
    settle: (): void => {
      while (wire.length > 0) deliver()
      for (const each of asked.splice(0)) each.answer()
    },
    /** Subscriptions are gone without a word. */
    deafen: (topics: Iterable<Topic>): void => {
      for (const topic of topics) {
        const line = lines.get(topic)
        if (line) line.listening = false
      }
    },
    mend: (): void => mend(lines.keys()),
  }
}
export type Network = ReturnType<typeof createNetwork>
