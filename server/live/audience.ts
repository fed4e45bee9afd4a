import type { Cursor, Gap } from '../../wire/protocol.ts'
import { following, type Message } from './message.ts'
import type { Watcher } from './ports.ts'

/**
 * Those who watch a topic on this node. They stand where the topic stands, so that passing a message on is a loop without questions;
 * those that read a later state than the node has seen are ahead until it is there.
 */
export type Audience = {
  size: () => number
  add: (watcher: Watcher) => void
  leave: (watcher: Watcher) => void
  /** One that is still there has a state of its own until then. */
  goAhead: (watcher: Watcher, at: Cursor) => void
  /** Where a watcher stands that is ahead. */
  aheadAt: (watcher: Watcher) => Cursor | undefined
  push: (message: Message) => void
  /** Tells each watcher the gap, if there is one, from where it stands: ahead, or at `from`. */
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
