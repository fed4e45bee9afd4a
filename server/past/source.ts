import { ArchiveAway } from '../../archive/archive.ts'
import type { Topic } from '../../wire/topics.ts'
import type { Channels, ReadTopic } from '../live/ports.ts'
import type { Work } from '../pieces.ts'
import { beginLife, type Life, type MakeKinds, trackOf } from './life.ts'
import { type Reader, serve } from './reading.ts'
import { createTelling } from './telling.ts'

export type SourcePorts = {
  makeKinds: MakeKinds
  /** An epoch that no other clock has. */
  epoch: () => string
  /** Work for what the client asked, which it pays for; and for what it is told as the clock goes on. */
  asked: Work
  told: Work
  /** The states of these topics are to be read again. */
  anew: (topics: readonly Topic[]) => void
}

/**
 * The archive as a source of the live core, at the moment of one clock. Everything goes through one line: a state is
 * read while nothing is told, so that what is told next follows it.
 */
export type Source = {
  channels: Channels
  read: ReadTopic
  /** Up to where all is told: a bound. */
  told: () => number
  /**
   * Tells what happened up to a bound, and may read ahead up to `horizon`. It comes less far where readers wait, or once
   * `goesOn`, which is asked after each stretch, is false. Rejects where the archive cannot be asked: then nothing is
   * skipped.
   */
  advance: (to: number, horizon: number, goesOn?: () => boolean) => Promise<void>
  /** Begins anew at another moment. Every topic must be read again. */
  jump: (told: number) => void
  close: () => void
}

export const createSource = (ports: SourcePorts, begin: number): Source => {
  const { makeKinds, epoch } = ports
  const listeners = new Map<Topic, (text: string) => void>()
  let life = beginLife(epoch(), begin, makeKinds)
  let readers: Reader[] = []
  let line: Promise<unknown> = Promise.resolve()
  let isOpen = true

  const isNow = (one: Life): boolean => isOpen && one === life
  /** Does something once all before it is done. */
  const inLine = <T>(task: () => Promise<T>): Promise<T> => {
    const done = line.then(task)
    line = done.catch(() => {})
    return done
  }

  const serveAll = async (): Promise<void> => {
    while (readers.length > 0) {
      const now = readers
      readers = []
      if (!isOpen) for (const { reject } of now) reject(new ArchiveAway('the clock is gone'))
      else {
        const isWanted = (topic: Topic): boolean => listeners.has(topic)
        readers.push(...(await serve(life, now, { isNow, isWanted, work: ports.asked })))
      }
    }
  }

  const step = createTelling({
    isNow,
    work: ports.told,
    hear: (topic, text) => listeners.get(topic)?.(text),
    anew: (topic) => ports.anew([topic]),
  })

  return {
    channels: {
      subscribe: async (topic, onText) => {
        listeners.set(topic, onText)
        return () => {
          if (listeners.get(topic) !== onText) return
          listeners.delete(topic)
          life.seqs.delete(topic)
          trackOf(life, topic)?.kind.forget(topic)
        }
      },
    },
    read: (topic, after) =>
      new Promise((resolve, reject) => {
        readers.push({ topic, after, resolve, reject })
        if (readers.length === 1) inLine(serveAll).catch(() => {})
      }),
    told: () => life.told,
    advance: (to, horizon, goesOn = () => true) => {
      const own = life
      return inLine(async () => {
        while (isNow(own) && own.told < to && readers.length === 0) {
          const end = await step(own, to, Math.max(to, horizon))
          if (isNow(own)) own.told = end
          if (!goesOn()) return
        }
      })
    },
    jump: (told) => {
      life = beginLife(epoch(), told, makeKinds)
    },
    close: () => {
      isOpen = false
      life.seqs.clear()
      inLine(serveAll).catch(() => {})
    },
  }
}
