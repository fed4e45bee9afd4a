import type { Bounds } from './cells.ts'
import type { WireError } from './protocol.ts'
import type { Author } from './rooms.ts'

/**
 * Where a command is. `queued`: nobody has sent it yet. `sent`: it is on its way, perhaps again and again.
 * `acknowledged`: the device has it. `unknown`: it was sent, or Redis lost whether it was, and nothing came back before
 * its deadline; a late report still closes it. The others are final: `expired` was never sent in time, `refused` by a
 * precondition at delivery or by the device, `superseded` by a later one.
 */
export const COMMAND_STATES = [
  'queued',
  'sent',
  'acknowledged',
  'unknown',
  'done',
  'failed',
  'refused',
  'expired',
  'cancelled',
  'superseded',
] as const
export type CommandState = (typeof COMMAND_STATES)[number]

/** What may still change. One that is `unknown` is not under way any more, and yet a late report closes it. */
export const OPEN_STATES = ['queued', 'sent', 'acknowledged', 'unknown'] as const
export const isOpen = (state: CommandState): boolean => (OPEN_STATES as readonly string[]).includes(state)

/** What waits, is on its way, or the device works on: at most {@link MOST_OPEN} of a device. */
export const UNDER_WAY = ['queued', 'sent', 'acknowledged'] as const
export const isUnderWay = (state: CommandState): boolean => (UNDER_WAY as readonly string[]).includes(state)

/** What a device itself may say of a command. */
export const DEVICE_STATES = ['acknowledged', 'done', 'failed', 'refused'] as const
export type DeviceState = (typeof DEVICE_STATES)[number]

/**
 * What must hold of the device's newest fix when a command is delivered. `slowerThan`: m/s, where it must be told.
 * `fresherThan`: the fix is at most so many seconds old. `inside`: it lies in this area.
 */
export type Precondition = { slowerThan?: number; fresherThan?: number; inside?: Bounds }

/** Values by the names of the kind's arguments. A place is `lat,lon`; a route is several of them, one blank between two. */
export type CommandArgs = Record<string, string | number | boolean>

/**
 * A command as it is now. `id` is its caller's (1 to 64 letters, digits and `_.:-`): asked again by it, nothing happens.
 * `c` counts the device's commands from 1. `t`, `at`, `until`: when it was asked, when its state changed last, and its
 * deadline, Unix milliseconds. `tries`: how often it was sent. `reason`: why it is refused, failed or unknown.
 * `answer`: what the device said. `order`: the id of the order it belongs to.
 */
export type Command = {
  id: string
  c: number
  kind: string
  args: CommandArgs
  by: Author
  t: number
  until: number
  state: CommandState
  at: number
  tries?: number
  if?: Precondition
  reason?: string
  answer?: string
  order?: string
}

/** What a device is given of a command. It must not act on it after `until` (Unix ms, by the node's clock). */
export type Sent = { id: string; kind: string; args: CommandArgs; until: number }

/** Commands that may be under way for one device, that are kept of it, and devices that one order may be for. */
export const MOST_OPEN = 32
export const MOST_KEPT = 200
export const MOST_ORDERED = 20_000
/** Commands not under way any more, the newest, that a device's state tells, and failures that an order's does. */
export const MOST_ENDED = 10
export const MOST_FAILURES = 50

/** The states of a device of an order that somebody must look at. */
export const FAILED_STATES = ['failed', 'refused', 'expired', 'unknown'] as const
export const isFailed = (state: CommandState): boolean => (FAILED_STATES as readonly string[]).includes(state)

/**
 * An argument of a kind of command: a form is made from it. `least`, `most`: of a number, or of a text's length.
 * `unit` is only shown.
 */
export type CommandArg = {
  name: string
  title: string
  type: 'number' | 'text' | 'choice' | 'yes' | 'place' | 'route'
  unit?: string
  least?: number
  most?: number
  choices?: string[]
  initial?: string | number | boolean
  optional?: boolean
}

/**
 * A kind of command. `within`: its usual deadline, in seconds from the asking; `most`: the longest that may be asked
 * for. `dangerous`: it takes the grant `danger` besides `command`, and a second look. `supersedes`: kinds of which an
 * earlier command makes no sense any more once this is asked; its own only where it is among them. `if`: what must hold
 * at delivery unless something stricter is asked for.
 */
export type CommandKind = {
  name: string
  title: string
  args: CommandArg[]
  within: number
  most: number
  dangerous?: boolean
  supersedes?: string[]
  if?: Precondition
}
/** `GET /api/command-kinds`. */
export type CommandKindsReply = { kinds: CommandKind[] }

/** Whom a command is for: some devices, or all of a group. */
export type CommandTo = { devices: string[] } | { group: string }

/**
 * The event `command`. `id` is the client's, and makes repeats harmless. `within`: seconds to the deadline; left out:
 * the kind's. One device gets a command of that id; several, or a group, an order of which each device's command has
 * the order's id.
 */
export type CommandRequest = {
  id: string
  to: CommandTo
  kind: string
  args?: CommandArgs
  within?: number
  if?: Precondition
}
/** `leftOut`: devices of those asked for that the person may not command, or that are full. */
export type CommandReply =
  | { command: Command; device: string }
  | { order: string; devices: number; leftOut: number }
  | { error: WireError }

/** The event `cancel`: what is still queued of a command, or of an order, is cancelled. */
export type CancelRequest = { device: string; id: string } | { order: string }
/** `cancelled`: how many were. */
export type CancelReply = { cancelled: number } | { error: WireError }

/** `GET /api/devices/:id/commands?before=<c>&limit=1..100`: newest first. `next`: the `before` of the next page. */
export type CommandsReply = { id: string; commands: Command[]; next: number | null }

/** How many of an order's devices are in each state. */
export type OrderCounts = Partial<Record<CommandState, number>>
/** What an order is for all of its devices. `id` is the topic's, without `o:`. */
export type Order = {
  id: string
  kind: string
  args: CommandArgs
  by: Author
  t: number
  until: number
  if?: Precondition
  devices: number
}
/** A device of an order. */
export type OrderEntry = { device: string; state: CommandState; at: number; reason?: string; answer?: string }
/**
 * State of `o:ann.k3j2`; `order` null where there is none. `failures`: of the devices with which it went wrong the
 * first 50, by when it did.
 */
export type OrderSnapshot = { order: Order | null; counts: OrderCounts; failures: OrderEntry[] }
export type OrderUpdate = { order?: Order; counts?: OrderCounts; entries?: OrderEntry[] }
/** `GET /api/orders/:id/devices?state=<state>&after=<device>&limit=1..500`: by id. */
export type OrderDevicesReply = { id: string; entries: OrderEntry[]; next: string | null }
