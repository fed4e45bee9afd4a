import { computed, effect, type ReadonlySignal, signal, untracked } from '@preact/signals'
import type { CancelRequest, Command, CommandArgs, CommandReply, CommandRequest, CommandTo, Precondition } from '../../../wire/commands.ts'
import type { Me } from '../../../wire/people.ts'
import type { Calls } from '../calls.ts'
import type { Link } from '../link.ts'
import type { Place } from '../place.ts'
import type { DeviceCommandStore } from './device-commands.ts'
import { createErrands, type Errand, type ErrandOptions } from './errands.ts'
import { createCommandKinds } from './kinds.ts'
import type { OrderStore } from './order-store.ts'
import { createPicked } from './picked.ts'
import { createRecent, type KeptOrders } from './recent.ts'
import { type Spot, spotsOf } from './spots.ts'
import { createSpotting } from './spotting.ts'
import { devicesInWords } from './words.ts'

/** What a form asks for, of whomever. `within`: seconds. */
export type Asked = { kind: string; args: CommandArgs; within: number; if?: Precondition }

/** Several devices of which something is to be asked. `first`: what the form begins with. `sent`: its errand. */
export type ManyAsk = { to: CommandTo; first?: Omit<Asked, 'if'>; sent?: string }

/** Whom a command is for, in words. */
export const toInWords = (to: CommandTo): string => {
  if ('group' in to) return `the group ${to.group}`
  const [first = ''] = to.devices
  return to.devices.length === 1 ? first : devicesInWords(to.devices.length)
}
const aboutOf = (to: CommandTo): string =>
  'group' in to ? `g:${to.group}` : to.devices.length === 1 ? `d:${to.devices[0]}` : 'many'

export type CommandingOptions = {
  acts: ErrandOptions['acts']
  calls: Calls
  me: ReadonlySignal<Me | null>
  orders: OrderStore
  device: DeviceCommandStore
  place: ReadonlySignal<Place>
  go: (change: Partial<Place>) => void
  link: Pick<Link, 'phase'>
  /** Where this browser keeps which orders were given in it. */
  kept: KeptOrders
  newId: () => string
  /** Unix milliseconds of this browser. */
  now: () => number
}

type Ordered = Extract<CommandReply, { order: string }>

/** What was told to whoever gave an order, until they have seen it. */
export type Told = { order: string; leftOut: number }

/** How long a cancellation is tried for, in milliseconds. */
const CANCEL_WITHIN = 60_000
/** Commands that are remembered until their topic has told of them. */
const MOST_TAKEN = 20

/** All that people ask of devices, without its views. */
export const createCommanding = (options: CommandingOptions) => {
  const { acts, calls, me, orders, device, place, go, link, kept, newId, now } = options
  const handle = computed(() => me.value?.id ?? null)
  const kinds = createCommandKinds(calls)
  const recent = createRecent(kept, handle, now)
  const many = signal<ManyAsk | null>(null)
  /** The latest commands that a node took from here: they are known before the device's topic tells of them. */
  const taken = signal<readonly { device: string; command: Command }[]>([])
  const told = signal<Told | null>(null)

  const remember = (errand: Errand, { order, devices, leftOut }: Ordered): void => {
    if (errand.what !== 'command') return
    const { kind, to } = errand.request
    recent.add({ id: order, kind, to: toInWords(to), devices, t: now(), until: errand.until })
    told.value = { order, leftOut }
  }
  const done: ErrandOptions['done'] = (errand, reply) => {
    if ('command' in reply) taken.value = [reply, ...taken.peek()].slice(0, MOST_TAKEN)
    if ('order' in reply) remember(errand, reply)
    // Whoever still waits for it is shown what becomes of it.
    if (many.peek()?.sent !== errand.id) return
    many.value = null
    if ('order' in reply) go({ order: reply.order })
    if ('command' in reply) go({ device: reply.device })
  }
  const spotting = createSpotting()
  /** What the map draws: the places that are being chosen, else those to which the selected device was sent. */
  const spots = computed<readonly (readonly Spot[])[]>(() => {
    const choosing = spotting.spotting.value
    return choosing === null ? spotsOf(device.shown.value?.commands ?? [], kinds.find) : [choosing.spots]
  })
  const ready = (): boolean => link.phase.peek().phase === 'live'
  const errands = createErrands({ acts, ready, me: () => handle.peek(), now, done })

  const cancel = (about: string, request: CancelRequest): void => {
    const id = `x:${'order' in request ? request.order : request.id}`
    errands.add({ what: 'cancel', id, about, until: now() + CANCEL_WITHIN, request })
  }

  const ask = (to: CommandTo, { within, ...asked }: Asked): string | null => {
    const id = newId()
    const request: CommandRequest = { id, to, ...asked, within }
    const until = now() + within * 1000
    return errands.add({ what: 'command', id, about: aboutOf(to), until, request }) ? id : null
  }

  return {
    ...{ kinds, errands, recent, calls, orders, device, handle },
    picked: createPicked(),
    ...{ spotting, spots },
    /** What is asked of several devices, while somebody fills in the form. */
    many: many as ReadonlySignal<ManyAsk | null>,
    told: told as ReadonlySignal<Told | null>,
    taken: taken as ReadonlySignal<readonly { device: string; command: Command }[]>,
    askMany: (ask: ManyAsk | null): void => {
      many.value = ask
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
      if (errand.what === 'command' && 'devices' in errand.request.to && errand.request.to.devices.length === 1)
        for (const device of errand.request.to.devices) cancel(`d:${device}`, { device, id: errand.id })
    },
    openOrder: (order: string | undefined): void => {
      told.value = null
      go({ order })
    },
    /** Comes once a second. */
    tick: errands.tick,
    /** Follows who is signed in, and which order the address names. Returns a function that ends it. */
    start: (): (() => void) => {
      const clear = (): void => {
        errands.clear()
        many.value = told.value = null
        taken.value = []
      }
      const ends = [
        effect(() => {
          void handle.value
          untracked(clear)
        }),
        effect(() => {
          const { order, device: id } = place.value
          untracked(() => {
            orders.open(order ?? null)
            device.open(id)
          })
        }),
      ]
      return () => {
        for (const end of ends) end()
      }
    },
  }
}
export type Commanding = ReturnType<typeof createCommanding>
