import type { DoneReply, MarkRequest } from '../../../wire/rooms.ts'
import type { Inbox } from './inbox.ts'
import { isPassing } from './passing.ts'

export type MarksOptions = {
  mark: (request: MarkRequest) => Promise<DoneReply>
  inbox: Pick<Inbox, 'readTo' | 'markRead' | 'markDone'>
  /** Whether there is a connection, and one has a name. */
  ready: () => boolean
}

/** Rooms and items that one message names at most. */
const AT_ONCE = 100

/** Tells the node what was read and acknowledged. What it has not heard of waits, and counts here already. */
export const createMarks = ({ mark, inbox, ready }: MarksOptions) => {
  const reads = new Map<string, number>()
  const done = new Set<number>()
  let busy = false

  const send = async (): Promise<void> => {
    const [rooms, items] = [[...reads].slice(0, AT_ONCE), [...done].slice(0, AT_ONCE)]
    const reply = await mark({
      ...(rooms.length > 0 && { read: Object.fromEntries(rooms) }),
      ...(items.length > 0 && { done: items }),
    })
    if ('error' in reply && isPassing(reply.error.code)) return
    for (const [room, n] of rooms) if (reads.get(room) === n) reads.delete(room)
    for (const n of items) done.delete(n)
  }
  const flush = async (): Promise<void> => {
    if (busy || !ready() || (reads.size === 0 && done.size === 0)) return
    busy = true
    try {
      await send()
    } catch {
      // The connection broke on the way: the next tick tells it again.
    } finally {
      busy = false
    }
  }

  return {
    /** A room was read up to message `n`. The node hears of it with the next tick. */
    read: (room: string, n: number): void => {
      if (n <= inbox.readTo(room)) return
      inbox.markRead(room, n)
      reads.set(room, n)
    },
    /** Items of the inbox were acknowledged. */
    done: (numbers: readonly number[]): void => {
      inbox.markDone(numbers)
      for (const n of numbers) done.add(n)
      void flush()
    },
    /** Comes once a second. */
    tick: (): void => void flush(),
    clear: (): void => {
      reads.clear()
      done.clear()
    },
  }
}
export type Marks = ReturnType<typeof createMarks>
