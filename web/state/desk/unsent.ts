import { isHandle } from '../../../wire/people.ts'
import type { SayRequest } from '../../../wire/rooms.ts'

/**
 * A message, or a change of one (`n`), that no node has acknowledged yet. `id` is the same each time it is said; `by`:
 * the handle of whoever wrote it. `refused`: a node said no for good, and `error` tells why.
 */
export type Unsent = {
  id: string
  by: string
  room: string
  text: string
  announce: boolean
  n: number | null
  phase: 'waiting' | 'sending' | 'refused'
  error: string | null
}

export const requestOf = ({ id, room, text, announce, n }: Unsent): SayRequest =>
  n === null ? { room, id, text, ...(announce && { announce }) } : { room, n, text }

const isText = (value: unknown): value is string => typeof value === 'string'

/** What was kept of one before the page was loaded anew; null where it is none. */
const readUnsent = (stored: unknown): Unsent | null => {
  if (typeof stored !== 'object' || stored === null) return null
  const { id, by, room, text, announce, n, phase, error } = stored as Record<string, unknown>
  if (!isText(id) || !isText(by) || !isHandle(by) || !isText(room) || !isText(text)) return null
  const number = typeof n === 'number' && Number.isSafeInteger(n) ? n : null
  const refused = phase === 'refused'
  return {
    ...{ id, by, room, text, announce: announce === true, n: number },
    phase: refused ? 'refused' : 'waiting',
    error: refused && isText(error) ? error : null,
  }
}

export const readAllUnsent = (stored: unknown): Unsent[] | null =>
  Array.isArray(stored) ? stored.map(readUnsent).filter((one) => one !== null) : null
