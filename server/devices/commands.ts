import type { NewCommand } from '../../wire/command-calls.ts'
import type { CancelReply, CommandKind, CommandReply, Precondition } from '../../wire/commands.ts'
import type { ErrorCode, WireError } from '../../wire/protocol.ts'
import { deviceTopic } from '../../wire/topics.ts'
import { type Allowances, createAllowances } from '../access/allowance.ts'
import { readRequest, wireError } from '../live/requests.ts'
import type { Act } from '../live/who.ts'
import type { Asker } from '../people/attendance.ts'
import { selfOf } from '../rooms/asker.ts'
import { createPace } from '../rooms/pace.ts'
import { checkArgs } from './args.ts'
import type { Cancelling } from './cancelling.ts'
import type { Orders } from './orders.ts'
import type { CommandKinds } from './ports.ts'
import { strictest } from './precondition.ts'
import { type CommandAsked, cancelRequest, commandRequest, orderIdOf } from './requests.ts'
import type { WriteCommands } from './writing.ts'

/** What became of a request for a command. */
export const COMMANDED = ['new', 'repeat', 'order', 'cancelled'] as const
export type Commanded = (typeof COMMANDED)[number]

export type CommandsPorts = {
  kinds: CommandKinds
  orders: Orders
  cancelling: Cancelling
  write: WriteCommands
  /** Those of these devices that there are. */
  existing: (devices: readonly string[]) => Promise<string[]>
  /** Told of each dangerous command, who asked for it and for what, before it is written. */
  recorded: (who: string, about: string) => Promise<void>
  count: (what: Commanded) => void
  /** What each person may order on this node. */
  allowances: Allowances
  /** The clock by which deadlines go, Unix milliseconds. */
  clock: () => number
  /** Milliseconds, by a clock that never goes back. */
  now: () => number
}

/** What one connection may ask: so many commands or cancellations. */
const PACE = { atOnce: 30, perSecond: 5 }
/**
 * Devices that orders of one person may be for, by whatever connections: so many in a millisecond, and at once. A large
 * one goes into debt, which takes twenty seconds to pay.
 */
const DEVICES = { share: 100 / 1000, burst: 2000, most: 20_000 }

export const createOrderAllowances = (now: () => number): Allowances => createAllowances(DEVICES, now)

const failed = (code: ErrorCode, more?: string): { error: WireError } => ({ error: wireError(code, more) })

export const createCommandActs = (ports: CommandsPorts, asker: Asker): { command: Act; cancel: Act } => {
  const paced = createPace(PACE.atOnce, PACE.perSecond, ports.now)
  return {
    command: async (input): Promise<CommandReply> => {
      const request = readRequest(commandRequest, input)
      if ('error' in request) return request
      const draft = draftOf(ports, asker, request.data)
      if ('error' in draft) return draft
      if (!paced()) return failed('rate_limited')
      const { to } = request.data
      if ('devices' in to && to.devices.length === 1) return commandOne(ports, draft, to.devices[0] ?? '')
      const { id, by } = draft.command
      const command = { ...draft.command, id: orderIdOf(by.id, id) }
      return commandMany(ports, { ...draft, command }, to)
    },
    cancel: async (input): Promise<CancelReply> => {
      const request = readRequest(cancelRequest, input)
      if ('error' in request) return request
      const found = selfOf(asker)
      if ('error' in found) return found
      if (!paced()) return failed('rate_limited')
      const may = (device: string): boolean => asker.may('command', deviceTopic(device))
      const { data } = request
      if ('device' in data && !may(data.device)) return failed('not_allowed')
      const cancelled =
        'device' in data
          ? await ports.cancelling.one(data.device, data.id, found.self)
          : await ports.cancelling.order(data.order, found.self, may)
      if (cancelled > 0) ports.count('cancelled')
      return { cancelled }
    },
  }
}

/** A command that was checked. `may`: whether it may go to a device. */
type Draft = { kind: CommandKind; command: NewCommand; may: (device: string) => boolean }

/** What is asked for, and by whom; why not, where it cannot be. */
const draftOf = (
  { kinds, clock }: CommandsPorts,
  asker: Asker,
  { id, kind: name, args = {}, within, if: wanted }: CommandAsked,
): Draft | { error: WireError } => {
  const found = selfOf(asker)
  if ('error' in found) return found
  const kind = kinds.find((one) => one.name === name)
  if (kind === undefined) return failed('bad_command', `There is no kind of command called ${name}.`)
  const checked = checkArgs(kind, args)
  if ('wrong' in checked) return failed('bad_command', checked.wrong)
  const seconds = within ?? kind.within
  if (seconds > kind.most)
    return failed('bad_command', `${name} has to be done within ${kind.most} seconds at the most.`)
  const until = clock() + Math.max(Math.round(seconds * 1000), 1)
  const must = strictest(wanted as Precondition | undefined, kind.if)
  const command: NewCommand = {
    id,
    kind: name,
    args: checked.args,
    by: found.self,
    until,
    ...(must && { if: must }),
    ...(kind.supersedes && { supersedes: kind.supersedes }),
  }
  const may = (device: string): boolean =>
    asker.may('command', deviceTopic(device)) && (!kind.dangerous || asker.may('danger', deviceTopic(device)))
  return { kind, command, may }
}

const commandOne = async (
  ports: CommandsPorts,
  { kind, command, may }: Draft,
  device: string,
): Promise<CommandReply> => {
  if (!may(device)) return failed('not_allowed')
  if ((await ports.existing([device])).length === 0) return failed('unknown_device')
  if (kind.dangerous) await ports.recorded(command.by.id, `${kind.name} ${deviceTopic(device)}`)
  const [written] = await ports.write([device], command)
  if (!written) return failed('too_many_commands')
  if (written.command.by.id !== command.by.id) return failed('bad_command', 'Somebody else gave a command of this id.')
  ports.count(written.isNew ? 'new' : 'repeat')
  return { command: written.command, device }
}

const NOBODY = 'There is no device among them that you may ask this of.'

const commandMany = async (
  { orders, recorded, count, existing, allowances }: CommandsPorts,
  { kind, command, may }: Draft,
  to: CommandAsked['to'],
): Promise<CommandReply> => {
  const wanted = 'group' in to ? await orders.devicesOf(to.group) : [...new Set(to.devices)]
  const allowed = wanted.filter(may)
  // Whether there are others is not told.
  if (allowed.length === 0) return failed('not_allowed', NOBODY)
  const devices = 'group' in to ? allowed : await existing(allowed)
  if (devices.length === 0) return failed('unknown_device')
  if (devices.length > orders.most) return failed('bad_command', `It is for more than ${orders.most} devices.`)
  // Nothing is waited for between the two: many that are asked for at once must not all be the first.
  if (allowances.wait(command.by.id) > 0) return failed('rate_limited')
  allowances.spend(command.by.id, devices.length)
  const group = 'group' in to ? `group ${to.group}` : `${devices.length} devices`
  if (kind.dangerous) await recorded(command.by.id, `${kind.name} ${group}`)
  const full = await orders.give(devices, command)
  count('order')
  return { order: command.id, devices: devices.length - full, leftOut: wanted.length - devices.length + full }
}
