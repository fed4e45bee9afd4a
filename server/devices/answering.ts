import { stepCommand } from '../../wire/command-calls.ts'
import type { Answer } from '../../wire/devices.ts'
import { wireError } from '../live/requests.ts'
import type { Answering } from './ports.ts'
import { readCommand } from './read-commands.ts'
import type { Changed } from './sending.ts'
import type { Together } from './together.ts'

/** Longest text of a device about a command, in letters; the rest is cut off. */
const MOST_LETTERS = 500

const cut = (text: string): string => [...text.toWellFormed()].slice(0, MOST_LETTERS).join('')

/** What became of what a device said of a command. `strange`: nobody knows the command (any more). */
export const ANSWERED = ['taken', 'repeat', 'strange', 'unavailable'] as const
export type Answered = (typeof ANSWERED)[number]

/** Takes what devices say of commands; harmless to repeat. */
export const createAnswering =
  (together: Together, changed: Changed, count: (answered: Answered) => void): Answering =>
  async (device, { id, state, reason = '', answer = '' }: Answer) => {
    try {
      const step = { id, state, reason: cut(reason), answer: cut(answer) }
      const [, , text, taken] = (await together(stepCommand(device, step))) as [number, string, string, number]
      const command = readCommand(text)
      if (command !== null && taken === 1) changed(device, [command])
      count(command === null ? 'strange' : taken === 1 ? 'taken' : 'repeat')
      return { done: true }
    } catch {
      count('unavailable')
      return { error: wireError('unavailable') }
    }
  }
