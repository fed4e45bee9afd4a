import type { Command, CommandArg, CommandArgs, CommandKind, CommandState, OrderEntry } from '../../../wire/commands.ts'
import type { WireError } from '../../../wire/protocol.ts'
import { formatSpeed } from '../format.ts'
import { particulars } from '../refusal.ts'
import { readSpots } from './spots.ts'

/** Where a command is, as one says it. */
const STATES: Record<CommandState, string> = {
  queued: 'waiting for the device',
  sent: 'sent, no answer yet',
  acknowledged: 'the device has it',
  unknown: 'sent, and never answered',
  done: 'done',
  failed: 'failed',
  refused: 'refused',
  expired: 'not sent in time',
  cancelled: 'cancelled',
  superseded: 'replaced by a later one',
}

const SPEED = /^The device goes at ([\d.]+) m\/s/
const ENDS = /\.$/

/** A reason as the end of a sentence; a node's are sentences, a device's whatever it says. */
const reasonInWords = (reason: string): string => {
  const [, speed] = SPEED.exec(reason) ?? []
  if (speed !== undefined) return `it moves at ${formatSpeed(Number(speed))}`
  return reason
    .replace(/^The /, 'the ')
    .replace(/^Nothing /, 'nothing ')
    .replace(ENDS, '')
}

type Standing = Pick<OrderEntry, 'state' | 'reason' | 'answer'> & Pick<Command, 'tries'>

/** `refused: it moves at 12 km/h`, `done: on my way`. */
export const stateInWords = ({ state, reason, answer, tries = 0 }: Standing): string => {
  const words = state === 'sent' && tries > 1 ? `sent ${tries} times, no answer yet` : STATES[state]
  const more = answer ?? reason ?? ''
  // What replaced it is said already.
  return more === '' || more === state ? words : `${words}: ${more === answer ? more : reasonInWords(more)}`
}

/** How a state is marked: what went well, what did not, what may still change. */
export type Mood = 'good' | 'bad' | 'open' | 'over'
const MOODS: Partial<Record<CommandState, Mood>> = {
  done: 'good',
  failed: 'bad',
  refused: 'bad',
  expired: 'bad',
  unknown: 'bad',
  cancelled: 'over',
  superseded: 'over',
}
export const moodOf = (state: CommandState): Mood => MOODS[state] ?? 'open'

const valueInWords = ({ type, title, unit }: CommandArg, value: CommandArgs[string]): string | null => {
  if (type === 'yes') return value === true ? title : null
  if (type === 'number') return `${value}${unit === undefined ? '' : ` ${unit}`}`
  if (type === 'route') return `${readSpots(String(value))?.length ?? 0} places`
  if (type === 'place') return String(value).replace(',', ', ')
  return String(value)
}

/** The arguments of a command in one line; empty where it has none. A kind that is not described shows them as they are. */
export const argsInWords = (kind: CommandKind | undefined, args: CommandArgs): string => {
  if (kind === undefined) return Object.values(args).join(', ')
  return kind.args
    .flatMap((arg) => {
      const value = args[arg.name]
      return value === undefined ? [] : [valueInWords(arg, value)]
    })
    .filter((words) => words !== null)
    .join(', ')
}

const TOO_MANY = 'Too many commands are open for it already: cancel some, or wait.'
const NOT_YOURS = 'You may not ask this of it. Whoever manages people here can change that.'

/** Why it was not done, for whoever asked. */
export const refusalInWords = (error: WireError): string => {
  const code: string = error.code
  if (code === 'too_many' || code === 'too_many_commands') return TOO_MANY
  if (code === 'not_signed_in') return 'Sign in, or give yourself a name, first.'
  return particulars(error) || (code === 'not_allowed' ? NOT_YOURS : error.message)
}

/** `1 device`, `34 devices`. */
export const devicesInWords = (count: number): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? 'device' : 'devices'}`
