import { type ReadonlySignal, signal } from '@preact/signals'
import type { Message, SayReply, SayRequest } from '../../../wire/rooms.ts'
import { isPassing } from './passing.ts'
import { requestOf, type Unsent } from './unsent.ts'

export type OutboxOptions = {
  say: (request: SayRequest) => Promise<SayReply>
  /** Whether there is a connection. */
  ready: () => boolean
  /** One's handle; null for nobody, whose messages go nowhere. */
  me: () => string | null
  /** Where they are kept over a reload. */
  kept: { get: () => Unsent[] | null; set: (unsent: Unsent[]) => void }
  newId: () => string
  said: (room: string, message: Message) => void
}

/** The most that wait to be sent. */
export const MOST_UNSENT = 100

/** Messages on their way: said one after the other, each again and again with the same id until a node has it. */
export const createOutbox = ({ say, ready, me, kept, newId, said }: OutboxOptions) => {
  const unsent = signal<readonly Unsent[]>(kept.get() ?? [])
  let busy = false

  const keep = (next: readonly Unsent[]): void => {
    unsent.value = next
    kept.set([...next])
  }
  const remove = (id: string): void => keep(unsent.peek().filter((one) => one.id !== id))
  const change = (id: string, part: Partial<Unsent>): void =>
    keep(unsent.peek().map((one) => (one.id === id ? { ...one, ...part } : one)))
  const next = (): Unsent | undefined => unsent.peek().find(({ by, phase }) => by === me() && phase !== 'refused')

  /** Returns whether to go on with the next one: where the node cannot, or does not reply, all of them wait. */
  const send = async (one: Unsent): Promise<boolean> => {
    change(one.id, { phase: 'sending' })
    try {
      const reply = await say(requestOf(one))
      if (!('error' in reply)) {
        said(one.room, reply.message)
        remove(one.id)
        return true
      }
      const passing = isPassing(reply.error.code)
      change(one.id, passing ? { phase: 'waiting' } : { phase: 'refused', error: reply.error.message })
      return !passing
    } catch {
      change(one.id, { phase: 'waiting' })
      return false
    }
  }
  const pump = async (): Promise<void> => {
    if (busy) return
    busy = true
    try {
      for (let one = next(); one !== undefined && ready(); one = next()) if (!(await send(one))) break
    } finally {
      busy = false
    }
  }

  return {
    unsent: unsent as ReadonlySignal<readonly Unsent[]>,
    /** Says something. Returns false where too many wait already. */
    say: (room: string, text: string, { announce = false, n = null as number | null } = {}): boolean => {
      const by = me()
      if (by === null || unsent.peek().length >= MOST_UNSENT) return false
      keep([...unsent.peek(), { id: newId(), by, room, text, announce, n, phase: 'waiting', error: null }])
      void pump()
      return true
    },
    retry: (id: string): void => {
      change(id, { phase: 'waiting', error: null })
      void pump()
    },
    discard: remove,
    /** Comes once a second, and when a connection was made. */
    tick: (): void => void pump(),
  }
}
export type Outbox = ReturnType<typeof createOutbox>
