import type { Gap } from '../../wire/protocol.ts'
import type { Budget } from './budget.ts'
import type { Message } from './message.ts'
import type { ReadResult } from './ports.ts'

/** One client's end of its topics: it gets every message once, in order, and is told what it could not get. */
export type Watcher = {
  push: (message: Message) => void
  gap: (gap: Gap) => void
}

/**
 * How a watcher hears that it has joined a topic. Calls instead of a promise: when all clients come back at once,
 * there are hundreds of thousands of them within a second.
 */
export type Joining = {
  /** What may be replayed to it: in place of a longer replay it gets the state. */
  budget: Budget
  /** Gets the result before the watcher gets anything above it. Returns false where the watcher no longer wants it. */
  use: (result: ReadResult) => boolean
  /** Called once, last of all; with the error where Redis could not be asked, else with null. */
  done: (error: unknown) => void
}
