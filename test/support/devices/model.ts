import type { CommandState, DeviceState } from '../../../wire/commands.ts'
import { STEPS } from './steps.ts'

/** A command as the model knows it. `mustBeSlow`: it may go to a device only that goes slower than SLOW. */
export type Modelled = {
  id: string
  kind: string
  until: number
  mustBeSlow: boolean
  state: CommandState
  tries: number
  reason: 'superseded' | null
}
export type Draft = Pick<Modelled, 'id' | 'kind' | 'until' | 'mustBeSlow'>

/** So long (ms) after its deadline a device may work on what it acknowledged. */
const WORKED_ON_MS = 3_600_000
/** Metres a second. */
export const SLOW = 3
/** Kinds, and those that each ends. */
export const SUPERSEDES: Readonly<Record<string, readonly string[]>> = {
  lock: ['lock', 'unlock'],
  unlock: ['lock', 'unlock'],
  message: [],
}

/**
 * The commands of one device as docs and design tell of them, in a few lines and without any of the function library:
 * what a call does at a time, and what it returns. Ids are in the order in which they were asked for.
 */
export const createModel = () => {
  const commands = new Map<string, Modelled>()
  let speed: number | null = null

  const set = (command: Modelled, state: CommandState, reason: Modelled['reason'] = null): void => {
    command.state = state
    command.reason = reason
  }
  const isWaiting = ({ state }: Modelled): boolean => state === 'queued' || state === 'sent'
  const lapse = (now: number): string[] => {
    const isOver = (command: Modelled): boolean =>
      command.state === 'acknowledged' ? now > command.until + WORKED_ON_MS : isWaiting(command) && now > command.until
    const over = [...commands.values()].filter(isOver)
    for (const command of over) set(command, command.state === 'queued' ? 'expired' : 'unknown')
    return over.map(({ id }) => id)
  }
  return {
    commands: (): readonly Modelled[] => [...commands.values()],
    moves: (metresASecond: number): void => {
      speed = metresASecond
    },
    /** Returns whether it is new, and what it ended. */
    ask: (draft: Draft): { isNew: boolean; changed: string[] } => {
      if (commands.has(draft.id)) return { isNew: false, changed: [] }
      const ended = [...commands.values()].filter(
        (command) =>
          (isWaiting(command) || command.state === 'acknowledged') && SUPERSEDES[draft.kind]?.includes(command.kind),
      )
      for (const command of ended)
        if (command.state === 'queued') set(command, 'superseded')
        else set(command, 'unknown', 'superseded')
      commands.set(draft.id, { ...draft, state: 'queued', tries: 0, reason: null })
      return { isNew: true, changed: ended.map(({ id }) => id) }
    },
    /** `again`: what was sent and not acknowledged goes along. Returns what the device is given, and what changed. */
    send: (again: boolean, now: number): { given: string[]; changed: string[] } => {
      const changed = lapse(now)
      const given: string[] = []
      for (const command of commands.values()) {
        if (command.state !== 'queued' && !(command.state === 'sent' && again)) continue
        const may = !command.mustBeSlow || (speed !== null && speed < SLOW)
        if (command.state === 'queued') {
          set(command, may ? 'sent' : 'refused')
          changed.push(command.id)
        }
        if (!may) continue
        command.tries++
        given.push(command.id)
      }
      return { given, changed }
    },
    /** Returns whether it was taken; null where there is no such command. */
    step: (id: string, state: DeviceState | 'cancelled'): boolean | null => {
      const command = commands.get(id)
      if (command === undefined) return null
      const taken = STEPS[command.state].includes(state)
      if (taken) set(command, state)
      return taken
    },
    due: lapse,
  }
}
export type Model = ReturnType<typeof createModel>
