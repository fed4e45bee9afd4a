import type { Cursor, Gap } from '../../wire/protocol.ts'
import { following, type Message } from './message.ts'
import type { Watcher } from './watcher.ts'

/**
 * Those who watch a topic on this node. They are where the topic is, so that passing a message on is a plain loop.
 * Those that read a later state than the node has seen are ahead until the node gets there.
 */
export type Audience = {
  size: () => number
  add: (watcher: Watcher) => void
  leave: (watcher: Watcher) => void
  /** A watcher that is still there has a later state than the topic, until the topic gets to `at`. */
  goAhead: (watcher: Watcher, at: Cursor) => void
  /** Where a watcher is that is ahead. */
  aheadAt: (watcher: Watcher) => Cursor | undefined
  push: (message: Message) => void
  /** Tells each watcher its gap, if it has one, from where it is: ahead, or at `from`. */
  tell: (from: Cursor, gapAfter: (at: Cursor) => Gap | null) => void
}

export const createAudience = (): Audience => {
  const watchers = new Set<Watcher>()
  const ahead = new Map<Watcher, Cursor>()

  const pushPast = (watcher: Watcher, message: Message, own: Cursor | undefined): void => {
    if (own?.epoch === message.epoch && message.seq <= own.seq) return
    ahead.delete(watcher)
    watcher.push(own?.epoch === message.epoch ? following(message, own.seq) : message)
  }

  return {
    size: () => watchers.size,
    add: (watcher) => void watchers.add(watcher),
    leave: (watcher) => {
      watchers.delete(watcher)
      ahead.delete(watcher)
    },
    goAhead: (watcher, at) => {
      if (watchers.has(watcher)) ahead.set(watcher, at)
    },
    aheadAt: (watcher) => ahead.get(watcher),
    push: (message) => {
      if (ahead.size === 0) for (const watcher of watchers) watcher.push(message)
      else for (const watcher of watchers) pushPast(watcher, message, ahead.get(watcher))
    },
    tell: (from, gapAfter) => {
      for (const watcher of watchers) {
        const gap = gapAfter(ahead.get(watcher) ?? from)
        if (gap) watcher.gap(gap)
      }
    },
  }
}
