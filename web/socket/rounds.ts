import type {
  TuneReply,
  TuneRequest,
  UnwatchReply,
  UnwatchRequest,
  WatchReply,
  WatchRequest,
} from '../../wire/protocol.ts'
import type { Watches } from '../state/watches.ts'

/** What can be asked of a node. Each rejects where no answer comes in time. */
export type Ask = {
  watch: (request: WatchRequest) => Promise<WatchReply>
  unwatch: (request: UnwatchRequest) => Promise<UnwatchReply>
  tune: (request: TuneRequest) => Promise<TuneReply>
}

export type RoundOptions = {
  ask: Ask
  watches: Watches
  now: () => number
  /** Each answer's round trip, in milliseconds. */
  onRoundTrip: (duration: number) => void
  /** The node could not read this topic just now. */
  onUnavailable: (topic: string) => void
}

/**
 * How a round of messages ended: all is told (`done`), there may be more to tell (`more`), or the node refused
 * (`refused`).
 */
export type RoundEnd = 'done' | 'more' | 'refused'

/** Tells the node what is no longer watched, what is watched otherwise, and what is new: one message at a time. */
export const createRounds = ({ ask, watches, now, onRoundTrip, onUnavailable }: RoundOptions) => {
  /** Returns whether it was done: the node refuses whoever asks too often. */
  const release = async (): Promise<boolean> => {
    const topics = watches.released()
    if (topics.length === 0 || !('error' in (await ask.unwatch({ topics })))) return true
    watches.undone(topics)
    return false
  }

  const tune = async (): Promise<boolean> => {
    const topics = watches.retuned()
    if (topics.length === 0 || !('error' in (await ask.tune({ topics })))) return true
    watches.undone(topics.map(({ topic }) => topic))
    return false
  }

  /** `isOver`: whether the connection that was asked has ended meanwhile; its answer is not taken then. */
  const watch = async (request: WatchRequest, isOver: () => boolean): Promise<RoundEnd> => {
    const asked = now()
    const reply = await ask.watch(request)
    if (isOver()) return 'more'
    onRoundTrip(now() - asked)
    if ('error' in reply) {
      // Nothing was done (too many requests, or Redis is down): all of it is asked for once more.
      watches.askAll()
      return 'refused'
    }
    watches.answer(reply)
    for (const result of reply.results)
      if (result.kind === 'error' && result.error.code === 'unavailable') onUnavailable(result.topic)
    return 'more'
  }

  return async (isOver: () => boolean): Promise<RoundEnd> => {
    if (!(await release()) || !(await tune())) return 'refused'
    const request = watches.request()
    return request === null ? 'done' : watch(request, isOver)
  }
}
