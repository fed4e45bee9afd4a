import { useRef } from 'preact/hooks'
import type { Topic } from '../../../wire/topics.ts'
import { useDesk } from './desk-context.ts'

/**
 * How far a room had been read when it was opened: the line before new messages stays where it was while one reads.
 * Null where nobody knows.
 */
export const useReadTo = (room: Topic): number | null => {
  const { inbox, handle } = useDesk()
  const opened = useRef<{ room: Topic; me: string | null; readTo: number } | null>(null)
  if (handle.value === null || !inbox.known.value) return null
  if (opened.current?.room !== room || opened.current.me !== handle.value)
    opened.current = { room, me: handle.value, readTo: inbox.readTo(room) }
  return opened.current.readTo
}
