import type {
  TuneReply,
  TuneRequest,
  UnwatchReply,
  UnwatchRequest,
  WatchReply,
  WatchRequest,
} from '../../wire/protocol.ts'
import type { Watches } from '../state/watches.ts'

/** What a session needs of a connection. */
export type Asker = {
  connected: () => boolean
  restart: () => void
  ask: {
    watch: (request: WatchRequest) => Promise<WatchReply>
    unwatch: (request: UnwatchRequest) => Promise<UnwatchReply>
    tune: (request: TuneRequest) => Promise<TuneReply>
  }
}

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

/**
 * Keeps the node's idea of what we watch equal to ours: one message at a time, everything at once after a
 * (re)connect. While paused (a hidden tab) nothing is watched, and resuming asks for all of it by cursor.
 */
export const createSession = ({ asker, watches, now, random, onRoundTrip, onCaughtUp }: SessionOptions) => {
  let timer: ReturnType<typeof setTimeout> | undefined
  let busy = false
  let paused = false
  let life = 0

  const later = (wait: number): void => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      timer = undefined
      void pump()
    }, wait)
  }
  const pause = (milliseconds: number): number => milliseconds * (1 + random())

  /** Answers whether it was done; the node refuses whoever asks too often. */
  const release = async (): Promise<boolean> => {
    const topics = watches.released()
    if (topics.length === 0 || !('error' in (await asker.ask.unwatch({ topics })))) return true
    watches.undone(topics)
    return false
  }

  const tune = async (): Promise<boolean> => {
    const topics = watches.retuned()
    if (topics.length === 0 || !('error' in (await asker.ask.tune({ topics })))) return true
    watches.undone(topics.map(({ topic }) => topic))
    return false
  }

  const watch = async (request: WatchRequest): Promise<number> => {
    const asked = now()
    const of = life
    const reply = await asker.ask.watch(request)
    if (of !== life) return GATHER
    onRoundTrip(now() - asked)
    if ('error' in reply) {
      // Nothing was done (too many requests, or Redis is down): all of it once more, but not at once.
      watches.askAll()
      return pause(1_000)
    }
    watches.answer(reply)
    onCaughtUp(true)
    for (const result of reply.results)
      if (result.kind === 'error' && result.error.code === 'unavailable') retryLater(result.topic)
    return GATHER
  }

  const retryLater = (topic: string): void => {
    const of = life
    setTimeout(() => {
      if (of !== life) return
      for (const known of watches.topics()) if (known === topic) watches.retry(known)
      poke()
    }, pause(1_500))
  }

  const pump = async (): Promise<void> => {
    if (paused || !asker.connected()) return
    if (busy) return poke()
    busy = true
    const of = life
    try {
      if (!(await release()) || !(await tune())) return later(pause(1_000))
      const request = watches.request()
      if (request === null) return onCaughtUp(true)
      later(await watch(request))
    } catch {
      // No answer in time, or the connection broke on the way. The next connection asks for everything anyway.
      if (of === life) asker.restart()
    } finally {
      busy = false
      if (of !== life) poke()
    }
  }

  /** A wait that is under way is not begun anew: it would never end where something new comes all the time. */
  const poke = (): void => {
    if (timer === undefined) later(GATHER)
  }

  const startOver = (): void => {
    life++
    watches.askAll()
    onCaughtUp(false)
    later(0)
  }

  return {
    /** Something new is wanted, or no longer: tell the node soon. */
    poke,
    /** A connection was made: the node knows nothing of us yet. */
    connected: startOver,
    disconnected: (): void => {
      life++
      clearTimeout(timer)
      timer = undefined
    },
    paused: (): boolean => paused,
    pause: async (): Promise<void> => {
      if (paused) return
      paused = true
      life++
      if (!asker.connected()) return
      const topics = watches.topics().filter((topic) => !topic.startsWith('c:'))
      try {
        await Promise.all([asker.ask.unwatch({ topics }), asker.ask.watch({ view: null })])
      } catch {
        asker.restart()
      }
    },
    resume: (): void => {
      if (!paused) return
      paused = false
      startOver()
    },
  }
}
export type Session = ReturnType<typeof createSession>
