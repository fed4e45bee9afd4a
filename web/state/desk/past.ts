import { type ReadonlySignal, signal } from '@preact/signals'
import type { MessagesReply } from '../../../wire/rooms.ts'
import type { Rooms } from './rooms.ts'

export type LoadMessages = (room: string, before: number) => Promise<MessagesReply>
export type PastPhase = 'ready' | 'loading' | 'failed'

/** The most pages that are read on the way to one message. */
const MOST_PAGES = 60

/** Older messages of a room, a page at a time. */
export const createPast = (load: LoadMessages, rooms: Pick<Rooms, 'thread' | 'older'>) => {
  const phase = signal<PastPhase>('ready')

  /** Reads one page more. Returns whether there may be another. */
  const read = async (room: string): Promise<boolean> => {
    const { messages, older, phase: known } = rooms.thread(room).peek()
    const [first] = messages
    if (phase.peek() === 'loading' || known !== 'ready' || !older || first === undefined) return false
    phase.value = 'loading'
    try {
      rooms.older(room, await load(room, first.n))
      phase.value = 'ready'
      return rooms.thread(room).peek().older
    } catch {
      phase.value = 'failed'
      return false
    }
  }
  const has = (room: string, n: number): boolean =>
    (rooms.thread(room).peek().messages[0]?.n ?? Number.POSITIVE_INFINITY) <= n

  return {
    phase: phase as ReadonlySignal<PastPhase>,
    older: (room: string): void => void read(room),
    /** Reads until message `n` is there. Resolves whether it is. */
    reach: async (room: string, n: number): Promise<boolean> => {
      for (let pages = 0; pages < MOST_PAGES && !has(room, n); pages++) if (!(await read(room))) break
      return has(room, n)
    },
  }
}
export type Past = ReturnType<typeof createPast>
