import type { Message } from '../../../wire/rooms.ts'

/** A line between messages, or a message. `first`: it opens a run of messages of one author. */
export type Line =
  | { kind: 'day'; key: string; t: number }
  | { kind: 'new'; key: string }
  | { kind: 'message'; key: string; message: Message; first: boolean }

/** Messages of one author so close together, in milliseconds, are one run under one name. */
const RUN_MS = 5 * 60_000

export type LineOptions = {
  /** The day that a time is in, in the dashboard's zone. */
  dayOf: (t: number) => string
  /** The last message that had been read when the room was opened; null: no line is drawn. */
  readTo: number | null
  me: string | null
}

/** What stands in a room from top to bottom: the messages, a line before each day, and one before the first new one. */
export const linesOf = (messages: readonly Message[], { dayOf, readTo, me }: LineOptions): Line[] => {
  const lines: Line[] = []
  let before: Message | null = null
  let marked = readTo === null
  for (const message of messages) {
    const day = dayOf(message.t)
    const otherDay = before === null || dayOf(before.t) !== day
    if (otherDay) lines.push({ kind: 'day', key: `day ${day} ${message.n}`, t: message.t })
    const isNew = !marked && readTo !== null && message.n > readTo && message.by.id !== me
    if (isNew) {
      lines.push({ kind: 'new', key: 'new' })
      marked = true
    }
    const run = before !== null && before.by.id === message.by.id && message.t - before.t < RUN_MS
    const first = otherDay || isNew || !run || message.announced === true || before?.announced === true
    lines.push({ kind: 'message', key: `m${message.n}`, message, first })
    before = message
  }
  return lines
}
