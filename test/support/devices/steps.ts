import { COMMAND_STATES, type Command, type CommandState, isOpen } from '../../../wire/commands.ts'

/** What may follow a state at once. Written down here again, from the words of the design. */
export const STEPS: Readonly<Record<CommandState, readonly CommandState[]>> = {
  queued: ['sent', 'acknowledged', 'done', 'failed', 'refused', 'expired', 'cancelled', 'superseded'],
  sent: ['acknowledged', 'done', 'failed', 'refused', 'unknown'],
  acknowledged: ['done', 'failed', 'refused', 'unknown'],
  unknown: ['acknowledged', 'done', 'failed', 'refused'],
  done: [],
  failed: [],
  refused: [],
  expired: [],
  cancelled: [],
  superseded: [],
}

/** Whether one state may come after another, however many steps were conflated. */
const reaches = (from: CommandState, to: CommandState, seen: readonly CommandState[] = []): boolean =>
  STEPS[from].some((next) => next === to || (!seen.includes(next) && reaches(next, to, [...seen, from])))
const REACHED = new Map(
  COMMAND_STATES.map((from) => [from, new Set(COMMAND_STATES.filter((to) => reaches(from, to)))] as const),
)

/** Follows the commands of devices as a client is told of them; what may not be is in `faults`. */
export const followSteps = () => {
  const known = new Map<string, Command>()
  const faults: string[] = []
  const take = (device: string, command: Command): void => {
    const key = `${device} ${command.id}`
    const before = known.get(key)
    known.set(key, command)
    if (before === undefined || before.state === command.state) return
    if (!isOpen(before.state) || !REACHED.get(before.state)?.has(command.state))
      faults.push(`${key}: ${before.state}, and then ${command.state}`)
  }
  return { known, faults, take }
}
