import { type ReadonlySignal, signal } from '@preact/signals'
import type { CancelRequest, Command, CommandReply, CommandTo } from '../../../wire/commands.ts'
import type { Place } from '../place.ts'
import { type Asked, aboutOf, type ManyAsk, toInWords } from './asked.ts'
import { createErrands, type Errand, type ErrandOptions } from './errands.ts'
import type { RecentOrder } from './recent.ts'

type Ordered = Extract<CommandReply, { order: string }>
type Taken = { device: string; command: Command }
/** What was told to whoever gave an order, until they have seen it. */
export type Told = { order: string; leftOut: number }

export type AskingOptions = Omit<ErrandOptions, 'done'> & {
  newId: () => string
  go: (change: Partial<Place>) => void
  /** An order was given. */
  remember: (order: RecentOrder) => void
}

/** How long a cancellation is tried for, in milliseconds. */
const CANCEL_WITHIN = 60_000
/** Commands that are remembered until their topic has told of them. */
const MOST_TAKEN = 20

/** Asks devices for something, and takes it back. */
export const createAsking = ({ newId, go, remember, ...options }: AskingOptions) => {
  const { now } = options
  const many = signal<ManyAsk | null>(null)
  /** The latest commands that a node took from here: they are known before the device's topic tells of them. */
  const taken = signal<readonly Taken[]>([])
  const told = signal<Told | null>(null)

  const ordered = (errand: Errand, { order, devices, leftOut }: Ordered): void => {
    if (errand.what !== 'command') return
    const { kind, to } = errand.request
    remember({ id: order, kind, to: toInWords(to), devices, t: now(), until: errand.until })
    told.value = { order, leftOut }
  }
  const done: ErrandOptions['done'] = (errand, reply) => {
    if ('command' in reply) taken.value = [reply, ...taken.peek()].slice(0, MOST_TAKEN)
    if ('order' in reply) ordered(errand, reply)
    // Whoever still waits for it is shown what becomes of it.
    if (many.peek()?.sent !== errand.id) return
    many.value = null
    if ('order' in reply) go({ order: reply.order })
    if ('command' in reply) go({ device: reply.device })
  }
  const errands = createErrands({ ...options, done })

  const ask = (to: CommandTo, { within, ...asked }: Asked): string | null => {
    const id = newId()
    const request = { id, to, ...asked, within }
    const until = now() + within * 1000
    return errands.add({ what: 'command', id, about: aboutOf(to), until, request }) ? id : null
  }
  const cancel = (about: string, request: CancelRequest): void => {
    const id = `x:${'order' in request ? request.order : request.id}`
    errands.add({ what: 'cancel', id, about, until: now() + CANCEL_WITHIN, request })
  }

  return {
    errands,
    /** What is asked of several devices, while somebody fills in the form. */
    many: many as ReadonlySignal<ManyAsk | null>,
    told: told as ReadonlySignal<Told | null>,
    taken: taken as ReadonlySignal<readonly Taken[]>,
    askMany: (next: ManyAsk | null): void => {
      many.value = next
    },
    /** Asks. Returns the id under which it is on its way, or null where too much waits already. */
    ask,
    /** Asks all that the form is for. Returns whether it is on its way. */
    askThem: (asked: Asked): boolean => {
      const form = many.peek()
      const sent = form && ask(form.to, asked)
      if (form && sent !== null) many.value = { ...form, first: asked, sent }
      return sent !== null
    },
    /** Cancels a command that was not sent yet. */
    cancel: (device: string, id: string): void => cancel(`d:${device}`, { device, id }),
    /** Cancels what of an order was not sent yet. */
    cancelOrder: (order: string): void => cancel(`o:${order}`, { order }),
    /** Gives up what no node has taken yet. One may have heard of it all the same: there it is cancelled. */
    giveUp: (errand: Errand): void => {
      errands.discard(errand.id)
      const to = errand.what === 'command' ? errand.request.to : null
      const [only, ...others] = to !== null && 'devices' in to ? to.devices : []
      if (only !== undefined && others.length === 0) cancel(`d:${only}`, { device: only, id: errand.id })
    },
    /** What was told of an order was read. */
    heard: (): void => {
      told.value = null
    },
    /** Somebody else is signed in. */
    clear: (): void => {
      errands.clear()
      many.value = null
      told.value = null
      taken.value = []
    },
  }
}
