import { type ReadonlySignal, signal } from '@preact/signals'
import type { CancelReply, CancelRequest, CommandReply, CommandRequest } from '../../../wire/commands.ts'
import { isPassing } from '../refusal.ts'
import { refusalInWords } from './words.ts'

/**
 * Something that a node is asked for, until it has answered. `about`: the device or the order; errands about the same
 * one go one after the other, for a later command may undo an earlier one. `until`: when it makes no sense any more (Unix
 * ms of this browser). `by`: whoever asked. `refused`: a node said no for good, or none heard of it in time.
 */
export type Errand = {
  id: string
  about: string
  by: string | null
  until: number
  phase: 'waiting' | 'sending' | 'refused'
  error: string | null
} & ({ what: 'command'; request: CommandRequest } | { what: 'cancel'; request: CancelRequest })
type Fresh<E> = E extends Errand ? Omit<E, 'phase' | 'error' | 'by'> : never
export type NewErrand = Fresh<Errand>

export type ErrandOptions = {
  acts: {
    command: (request: CommandRequest) => Promise<CommandReply>
    cancel: (request: CancelRequest) => Promise<CancelReply>
  }
  /** Whether there is a connection. */
  ready: () => boolean
  me: () => string | null
  /** Unix milliseconds of this browser. */
  now: () => number
  /** A node took it. */
  done: (errand: Errand, reply: Exclude<CommandReply | CancelReply, { error: unknown }>) => void
}

/** The most that wait to be sent, or to be read by whoever asked. */
export const MOST_ERRANDS = 50
/** What is said where one more may not wait. */
export const TOO_MUCH = 'Too much waits to be sent already: wait, or give something up.'
const TOO_LATE = 'No node could be reached in time: nothing was sent.'

/** What is asked of a node: again and again under the same id, over reconnects, until it answers or it is too late. */
export const createErrands = ({ acts, ready, me, now, done }: ErrandOptions) => {
  const errands = signal<readonly Errand[]>([])
  const busy = new Set<string>()

  const remove = (id: string): void => {
    errands.value = errands.peek().filter((one) => one.id !== id)
  }
  const change = (id: string, part: Pick<Errand, 'phase' | 'error'>): void => {
    errands.value = errands.peek().map((one) => (one.id === id ? { ...one, ...part } : one))
  }
  const refuse = (id: string, error: string): void => change(id, { phase: 'refused', error })

  /** What is left of its time: a command that waited here must not live longer than was asked for. */
  const within = ({ until }: Errand): number => Math.max(1, Math.ceil((until - now()) / 1000))
  const ask = (errand: Errand): Promise<CommandReply | CancelReply> =>
    errand.what === 'cancel' ? acts.cancel(errand.request) : acts.command({ ...errand.request, within: within(errand) })

  const send = async (errand: Errand): Promise<void> => {
    change(errand.id, { phase: 'sending', error: null })
    try {
      const reply = await ask(errand)
      if (!('error' in reply)) {
        remove(errand.id)
        done(errand, reply)
      } else if (isPassing(reply.error)) change(errand.id, { phase: 'waiting', error: null })
      else refuse(errand.id, refusalInWords(reply.error))
    } catch {
      // Nobody knows whether the node has it: the same id asks again.
      change(errand.id, { phase: 'waiting', error: null })
    }
  }
  const run = async (errand: Errand): Promise<void> => {
    busy.add(errand.about)
    await send(errand)
    busy.delete(errand.about)
    if (errands.peek().every(({ id, phase }) => id !== errand.id || phase === 'refused')) pump(errand.about)
  }
  /** The first of each device and order, or of one. What has to wait is tried again with the next tick. */
  const pump = (about?: string): void => {
    for (const errand of errands.peek()) {
      if (errand.phase !== 'waiting' || busy.has(errand.about) || errand.about !== (about ?? errand.about)) continue
      if (now() >= errand.until) refuse(errand.id, TOO_LATE)
      else if (ready() && errand.by === me()) void run(errand)
    }
  }

  return {
    errands: errands as ReadonlySignal<readonly Errand[]>,
    /** Returns false where too many wait already. The same one once more is asked for anew if it was refused. */
    add: (errand: NewErrand): boolean => {
      if (errands.peek().some(({ id, phase }) => id === errand.id && phase !== 'refused')) return true
      const others = errands.peek().filter(({ id }) => id !== errand.id)
      if (others.length >= MOST_ERRANDS) return false
      errands.value = [...others, { ...errand, by: me(), phase: 'waiting', error: null }]
      pump(errand.about)
      return true
    },
    /** Whoever asked has read why not. */
    discard: remove,
    /** Somebody else is signed in. */
    clear: (): void => {
      errands.value = []
    },
    /** Comes once a second. */
    tick: (): void => pump(),
  }
}
export type Errands = ReturnType<typeof createErrands>
