import { type Call, deviceKeys } from './calls.ts'
import type { CommandArgs, CommandState, DeviceState, Precondition } from './commands.ts'
import type { Life } from './fleet.ts'
import type { Author } from './rooms.ts'
import { deviceTopic, topicKey, topicKeys, topicPart } from './topics.ts'

/*
 * Calls about a device's signs of life, its key and its commands, all in the device's slot. Each is harmless to repeat.
 * Of what they return `seq` and `epoch` are where the device's topic stands after the call. Commands come as JSON, as
 * they are told on the topic.
 */

/**
 * A sign of life. What is left out stays as it was; what cannot be is left out, for it comes from devices. `parked`:
 * false ends it. `takes`, `attributes`: stand for those before; empty ones for none.
 */
export type Sign = Omit<Life, 'heard' | 'parked'> & { parked?: boolean }

const flag = (value: boolean | undefined): string => (value === undefined ? '' : value ? '1' : '0')
const json = (value: object | undefined): string => (value === undefined ? '' : JSON.stringify(value))

/**
 * Something came from the device. It is told to whoever watches where it says anything new, else every ten seconds.
 * Returns `[seq, epoch, waiting]`; `waiting`: how many of its commands are `queued` or `sent`, so that somebody must
 * call {@link sendCommands}. Number 1 is the first that was ever heard of the device: the register must hear of it.
 */
export const lifeCall = (id: string, { parked, every, takes, attributes, door }: Sign): Call => ({
  name: 'wf1_life',
  keys: deviceKeys(id),
  args: [flag(parked), every ?? '', json(takes), json(attributes), door ?? ''],
})

/**
 * Gives the device another key, of which Redis knows the hash only; '' takes it back. Whoever holds a connection of the
 * device hears of it (`keyed`). Returns `[seq, epoch]`.
 */
export const keyDevice = (id: string, hash: string): Call => ({
  name: 'wf1_key_device',
  keys: deviceKeys(id),
  args: [hash],
})

/** The field of a device's state that has the hash of its key; empty, or not there: it has none. */
export const KEY_FIELD = 'key'

/** All keys of a device: those that calls about commands name. */
const commandKeys = (id: string): string[] => topicKeys(deviceTopic(id))

/** A command as it is asked for; `supersedes`: kinds of which an earlier command ends with it. */
export type NewCommand = {
  id: string
  kind: string
  args: CommandArgs
  by: Author
  until: number
  if?: Precondition
  order?: string
  supersedes?: readonly string[]
}

/**
 * Asks something of a device. Returns `[seq, epoch, command, new, refusal, changed]`: `new` is 0 where there was a
 * command of that id, which is then returned as it is. `refusal` is '' or `too_many`, with an empty command: as many as
 * may be are under way. `changed`: a JSON list of the commands that this one superseded.
 */
export const commandCall = (id: string, command: NewCommand): Call => ({
  name: 'wf1_command',
  keys: commandKeys(id),
  args: [
    command.id,
    command.kind,
    JSON.stringify(command.args),
    command.by.id,
    command.by.name,
    command.until,
    command.if ? JSON.stringify(command.if) : '',
    command.order ?? '',
    (command.supersedes ?? []).join(' '),
  ],
})

/**
 * What goes out to the device now: of what is queued all that may still go, and once more what was sent `retryMs` ago
 * or earlier and not acknowledged (0: all of that). The call checks deadlines and preconditions, and nobody else gets
 * the same queued one. Returns `[seq, epoch, sent, changed]`: JSON lists of what the device is given (`Sent`), and of
 * the commands whose state changed, those that expired or were refused among them.
 */
export const sendCommands = (id: string, retryMs: number): Call => ({
  name: 'wf1_send',
  keys: commandKeys(id),
  args: [retryMs],
})

/** A step that a device tells of, or a person's `cancelled`, which only what is queued takes. */
export type Step = { id: string; state: DeviceState | 'cancelled'; reason?: string; answer?: string }

/**
 * Takes a step of a command. Returns `[seq, epoch, command, taken]`: the command as it is now, '' where there is none
 * of that id; `taken` is 0 where the step changed nothing, since what is final stays.
 */
export const stepCommand = (id: string, { id: command, state, reason, answer }: Step): Call => ({
  name: 'wf1_step',
  keys: commandKeys(id),
  args: [command, state, reason ?? '', answer ?? ''],
})

/**
 * Ends what is past its deadline. Returns `[seq, epoch, due, changed]`: when the next is due (Unix ms; '' for none),
 * and a JSON list of the commands that changed.
 */
export const dueCommands = (id: string): Call => ({ name: 'wf1_due', keys: commandKeys(id), args: [] })

/** Sorted set: devices by when something of their commands is due (Unix ms). A stale entry does no harm. */
export const DUE_KEY = 'wf:{commands}'

/** Commands in one page. */
export const MOST_COMMANDS_READ = 100

/**
 * Reads commands of a device, those before number `before` (null: all), the newest so many. For FCALL_RO. Returns a
 * JSON list, newest first.
 */
export const readCommands = (id: string, before: number | null, limit: number): Call => {
  const topic = deviceTopic(id)
  return {
    name: 'wf1_commands',
    keys: [topicKey(topic), topicPart(topic, 'commands'), topicPart(topic, 'asked')],
    args: [before ?? '', limit],
  }
}

/** When something of a command is due by itself (Unix ms); null for never. The function library reckons the same. */
export const dueAt = (state: CommandState, until: number): number | null => {
  if (state === 'queued' || state === 'sent') return until + 1
  return state === 'acknowledged' ? until + WORKED_ON_MS + 1 : null
}
/** What a device acknowledged may take so long after its deadline before it is `unknown`. */
export const WORKED_ON_MS = 3_600_000
