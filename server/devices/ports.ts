import type { DescribedDevice } from '../../feed/device-descriptions.ts'
import type { CommandKind, CommandState, CommandsReply, OrderDevicesReply, Sent } from '../../wire/commands.ts'
import type { Answer, Report, Taken } from '../../wire/devices.ts'
import type { WireError } from '../../wire/protocol.ts'

/*
 * What doors for devices, and HTTP, are given of server/devices. Expected failures are returned as `{ error }`; its
 * codes: `unavailable` (Redis is away, or too much waits: the device keeps what it has and tries again),
 * `rate_limited`, `bad_request`, `unknown_device`, `not_signed_in`.
 */

/** How a device was heard: it stands in its `life`, and metrics count by it. */
export const DOORS = ['socket', 'http', 'osmand', 'traccar', 'owntracks', 'nmea', 'mqtt', 'gtfs'] as const
export type Door = (typeof DOORS)[number]

type Failed = { error: WireError }

/**
 * `open`: how many commands wait to be given to the device, or were not acknowledged, so that a door without a
 * connection knows whether to look for some; null where that was not asked just now.
 */
export type Heard = Taken & { open: number | null }

/** The one way in: everything that comes from a device, by whichever door. */
export type Intake = {
  /**
   * Takes what a device reported, and resolves once Redis has all of it. Harmless to repeat. A fix without `n` gets one
   * of its time and place. Without fixes it is a sign of life.
   */
  report: (id: string, report: Report, door: Door) => Promise<Heard | Failed>
  /** Reports that wait for Redis, or are on their way. */
  waiting: () => number
}

/** A device that was let in. `keyed`: the hash of the key that did it; null where something else did (a broker). */
export type Admitted = { id: string; keyed: string | null }

export type Doorkeeper = {
  /** Whether this is the device's key. Who fails too often has to wait: `rate_limited`. */
  admit: (id: string, key: string, address: string) => Promise<Admitted | Failed>
}

/** What a door does for a connected device. */
export type DeviceEnd = {
  /**
   * Gives it commands: new ones, and again those that it did not acknowledge. Never called without any. Null where its
   * connection carries none.
   */
  deliver: ((commands: readonly Sent[]) => void) | null
  /** Ends the connection: the device's key was made anew or taken back. */
  end: (reason: 'key') => void
}

/** A connected device, whatever the door. */
export type DeviceConnection = {
  /** It is gone. Harmless to call twice. */
  close: () => void
}

export type DeviceConnections = {
  /** From now on its commands are delivered: first of all those that wait for it already. */
  open: (admitted: Admitted, end: DeviceEnd) => DeviceConnection
  /** Devices that are connected to this node. */
  count: () => number
}

/**
 * For doors without a connection: something came from the device, so it is awake. Resolves with the commands for the
 * reply, which count as sent; none where Redis cannot be asked.
 */
export type SignOfLife = (id: string) => Promise<readonly Sent[]>

/**
 * What a device says of a command. An answer to a command that nobody knows any more is taken, too: the device would
 * say it for ever.
 */
export type Answering = (id: string, answer: Answer) => Promise<{ done: true } | Failed>

/** Keys of devices. Rejects where Redis cannot be asked. */
export type DeviceKeys = {
  /** Makes a new key for each, which ends the old one. `isNew`: there was no such device. Keys in the order of ids. */
  make: (ids: readonly string[]) => Promise<{ id: string; key: string; isNew: boolean }[]>
  takeBack: (id: string) => Promise<void>
}

/** Says what devices are called, lists their groups, and registers them. Rejects where Redis cannot be asked. */
export type DescribeDevices = (devices: readonly DescribedDevice[]) => Promise<void>

export type CommandsQuery = { before?: number | undefined; limit: number }
export type OrderQuery = { state?: CommandState | undefined; after?: string | undefined; limit: number }

/** Commands and orders as they are kept, for HTTP. Rejects where Redis cannot be asked. */
export type CommandHistory = {
  commands: (id: string, query: CommandsQuery) => Promise<CommandsReply>
  /** `id`: without `o:`. */
  orderDevices: (id: string, query: OrderQuery) => Promise<OrderDevicesReply>
}

/** The kinds of commands of this floor: the built-in ones and those of COMMANDS_FILE. */
export type CommandKinds = readonly CommandKind[]

/**
 * Redis's clock as this node knows it, Unix milliseconds: deadlines go by it, so it is what a door tells devices as
 * `at`.
 */
export type Clock = () => number

/** All of it, as `core.devices` has it. */
export type DevicePorts = {
  intake: Intake
  doorkeeper: Doorkeeper
  connections: DeviceConnections
  signOfLife: SignOfLife
  answering: Answering
  keys: DeviceKeys
  describe: DescribeDevices
  history: CommandHistory
  kinds: CommandKinds
  now: Clock
}
