import { type Signal, signal } from '@preact/signals'
import type { Message, MessagesReply, RoomSnapshot, RoomUpdate } from '../../../wire/rooms.ts'
import {
  cutThread,
  fromSnapshot,
  mergeMessages,
  type Thread,
  UNREAD_THREAD,
  withOlder,
  withoutTypists,
  withUpdate,
} from './thread.ts'

/** Rooms of which anything is kept: the one that was looked at longest ago goes. */
const MOST_THREADS = 30

/** The messages of rooms, by the names of their topics. */
export const createRooms = () => {
  const threads = new Map<string, Signal<Thread>>()

  const thread = (room: string): Signal<Thread> => {
    const known = threads.get(room) ?? signal<Thread>(UNREAD_THREAD)
    threads.delete(room)
    threads.set(room, known)
    const [oldest] = threads.keys()
    if (threads.size > MOST_THREADS && oldest !== undefined) threads.delete(oldest)
    return known
  }
  const change = (room: string, next: (now: Thread) => Thread): void => {
    const known = threads.get(room)
    if (known) known.value = next(known.peek())
  }

  return {
    /** A room as it is known. */
    thread,
    snapshot: (room: string, snapshot: RoomSnapshot): void => {
      thread(room).value = fromSnapshot(snapshot)
    },
    update: (room: string, update: RoomUpdate, now: number): void =>
      change(room, (known) => withUpdate(known, update, now)),
    refuse: (room: string, error: string): void => {
      thread(room).value = { ...UNREAD_THREAD, phase: 'refused', error }
    },
    /** The node took a message of ours: it is there before the stream brings it. */
    said: (room: string, message: Message): void =>
      change(room, (known) => ({ ...known, messages: mergeMessages(known.messages, [message]) })),
    older: (room: string, page: MessagesReply): void => change(room, (known) => withOlder(known, page)),
    /** The end of a room is looked at: what lies far above may go. */
    cut: (room: string): void => change(room, cutThread),
    tick: (now: number): void => {
      for (const known of threads.values()) known.value = withoutTypists(known.peek(), now)
    },
  }
}
export type Rooms = ReturnType<typeof createRooms>
