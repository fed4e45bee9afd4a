import { COMMAND_KINDS } from '../../../wire/command-kinds.ts'
import { type Command, isOpen, type Precondition } from '../../../wire/commands.ts'
import { natureOf } from './crowd.ts'
import type { DeviceJournal, Entry } from './journal.ts'

/** A command that somebody asked one device for, and what they were told. */
export type Asked = {
  device: string
  id: string
  kind: string
  if?: Precondition
  /** The node took it; the code of the error where it did not. */
  reply: 'taken' | (string & {})
  /** How many were cancelled, where that was asked; null where the reply to it was lost, or it was not asked. */
  cancelled: number | null
  /** Whether it was asked to be cancelled at all. */
  cancelAsked: boolean
}
/** A device as the test knows it. `asleep`: it had never reported anything before it was asked for something. */
export type Known = { id: string; place: number; asleep: boolean }

const within = (value: number, least: number, most: number): boolean => value >= least && value <= most

/** Whether what must hold at delivery holds of such a device; null where it depends on what came first. */
export const holds = ({ place, asleep }: Known, kind: string, asked: Precondition = {}): boolean | null => {
  const { speed, behindMs, start } = natureOf(place)
  const usual = COMMAND_KINDS.find(({ name }) => name === kind)?.if ?? {}
  const isTrue = ({ slowerThan, fresherThan, inside }: Precondition): boolean =>
    (slowerThan === undefined || speed < slowerThan) &&
    (fresherThan === undefined || behindMs / 1000 < fresherThan) &&
    (inside === undefined ||
      (within(start.lat, inside.south, inside.north) && within(start.lon, inside.west, inside.east)))
  if (!isTrue(usual) || !isTrue(asked)) return false
  const depends = Object.keys({ ...usual, ...asked }).length > 0
  return asleep && depends ? null : true
}

/** On a machine with far too much to do, a device may not get to report for a minute. */
const TOO_OLD = /^The position is (?:[6-9]\d|\d{3,}) seconds old/

/** What is wrong where the floor says this of a command, and the device's journal that. */
const faultOfState = (command: Command, entry: Entry | undefined, condition: boolean | null): string | null => {
  const { state } = command
  const end = entry?.end ?? null
  const came = entry?.came.length ?? 0
  if (entry?.heard && end?.state !== state) return `the device said ${end?.state}`
  if (state === 'done') return entry?.did.length === 1 ? null : 'the device did not do it'
  if (state === 'failed') return end?.state === 'failed' ? null : 'the device never said so'
  if (state === 'unknown') return null
  if (isOpen(state)) return 'it is still open'
  if (state === 'refused' && end?.state === 'refused') return null
  if (came > 0) return `it was delivered ${came} times`
  const isWrong = state === 'refused' && condition === true && !TOO_OLD.test(command.reason ?? '')
  return isWrong ? `what must hold did hold: ${command.reason}` : null
}

const faultsOfEntry = (command: Command, entry: Entry, condition: boolean | null): string[] => {
  const faults: string[] = []
  if (entry.did.length > 1) faults.push(`done ${entry.did.length} times`)
  if (entry.did.some((at) => at > command.until)) faults.push('done after its deadline')
  if (entry.until !== null && entry.until !== command.until) faults.push(`the device's deadline is ${entry.until}`)
  if (condition === false) faults.push('delivered, and what must hold did not')
  return faults
}

const faultOfCancel = ({ cancelled, cancelAsked }: Asked, { state }: Command): string | null => {
  if (cancelled === 1 && state !== 'cancelled') return 'it counted as cancelled'
  return state === 'cancelled' && !cancelAsked ? 'nobody cancelled it' : null
}

/** A superseded command has one after it that makes it senseless. */
const faultOfSuperseded = (command: Command, all: readonly Command[]): string | null => {
  if (command.state !== 'superseded' && command.reason !== 'superseded') return null
  const by = COMMAND_KINDS.filter(({ supersedes }) => supersedes?.includes(command.kind)).map(({ name }) => name)
  return all.some(({ c, kind }) => c > command.c && by.includes(kind)) ? null : 'nothing superseded it'
}

/** What is wrong with all that one device was asked for, in words. */
export const faultsOfDevice = (
  known: Known,
  asked: readonly Asked[],
  told: readonly Command[],
  journal: DeviceJournal,
): string[] => {
  const faults = journal.faults.map((fault) => `${known.id}: ${fault}`)
  const entries = new Map(journal.entries.map((entry) => [entry.id, entry]))
  const blame = (command: Command | { id: string; state?: string }, ...found: (string | null)[]): void => {
    for (const fault of found) if (fault !== null) faults.push(`${known.id} ${command.id} ${command.state}: ${fault}`)
  }
  for (const one of asked) {
    const [command, twice] = told.filter(({ id }) => id === one.id)
    if (one.reply !== 'taken') blame(one, command ? `${one.reply}, and it is there` : null)
    else if (command === undefined) blame(one, 'it is lost')
    else {
      const [entry, condition] = [entries.get(one.id), holds(known, one.kind, one.if)]
      blame(command, twice ? 'it is there twice' : null, faultOfState(command, entry, condition))
      blame(command, faultOfCancel(one, command), faultOfSuperseded(command, told))
      if (entry) blame(command, ...faultsOfEntry(command, entry, condition))
    }
  }
  const ids = new Set(asked.map(({ id }) => id))
  for (const command of told) if (!ids.has(command.id)) blame(command, 'nobody asked for it')
  for (const id of entries.keys()) if (!ids.has(id)) blame({ id }, 'delivered, and nobody asked for it')
  const numbers = told.map(({ c }) => c).sort((a, b) => a - b)
  if (new Set(numbers).size < numbers.length) faults.push(`${known.id}: two commands have one number: ${numbers}`)
  return faults
}
