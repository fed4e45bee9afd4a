import { ArchiveAway } from '../../archive.ts'
import { startThread, type Thread, type ThreadData } from './thread.ts'

/** The most that wait for a thread. */
const MOST_WAITING = 1000

/** Some threads with a connection each: whoever takes one has it alone. Dead ones are replaced when next wanted. */
export type Threads = {
  take: () => Promise<Thread>
  giveBack: (thread: Thread) => void
  /** Those that live now. */
  all: () => readonly Thread[]
  close: () => Promise<void>
}

export const createThreads = (data: ThreadData, count: number): Threads => {
  const living = new Set<Thread>()
  const free: Thread[] = []
  const waiting: PromiseWithResolvers<Thread>[] = []
  let closed = false
  const fresh = (): Thread => {
    const thread = startThread(data)
    living.add(thread)
    return thread
  }
  const bury = (): void => {
    for (const thread of living) if (thread.isDead()) living.delete(thread)
    for (let i = free.length - 1; i >= 0; i--) if (free[i]?.isDead()) free.splice(i, 1)
  }
  return {
    take: async () => {
      if (closed) throw new ArchiveAway(`${data.path}: it is closed`)
      bury()
      const thread = free.pop() ?? (living.size < count ? fresh() : null)
      if (thread) return thread
      if (waiting.length >= MOST_WAITING) throw new ArchiveAway(`${data.path}: too many questions at once`)
      const place = Promise.withResolvers<Thread>()
      waiting.push(place)
      return place.promise
    },
    giveBack: (thread) => {
      const isDead = thread.isDead()
      if (isDead) living.delete(thread)
      if (isDead && living.size >= count) return
      const next = waiting.shift()
      if (next) next.resolve(isDead ? fresh() : thread)
      else if (!isDead) free.push(thread)
    },
    all: () => [...living],
    close: async () => {
      closed = true
      for (const place of waiting.splice(0)) place.reject(new ArchiveAway(`${data.path}: it is closed`))
      await Promise.all([...living].map((thread) => thread.close()))
    },
  }
}
