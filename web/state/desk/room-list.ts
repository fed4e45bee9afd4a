import { type ReadonlySignal, signal } from '@preact/signals'
import type { RoomRow, RoomsReply } from '../../../wire/rooms.ts'

/** How old the list may be while it is looked at, and otherwise, in milliseconds. */
export const LOOKED_AT = 15_000
const OTHERWISE = 60_000

/** The rooms in which anything was written, read now and then. `now`: milliseconds of a clock that never jumps. */
export const createRoomList = (load: () => Promise<RoomsReply>, now: () => number) => {
  const rows = signal<readonly RoomRow[]>([])
  let readAt = Number.NEGATIVE_INFINITY
  let busy = false

  const read = async (): Promise<void> => {
    if (busy) return
    busy = true
    readAt = now()
    try {
      rows.value = (await load()).rooms
    } catch {
      // The list stays as it was; it is read again soon.
    } finally {
      busy = false
    }
  }

  return {
    rows: rows as ReadonlySignal<readonly RoomRow[]>,
    read: (): void => void read(),
    tick: (looked: boolean): void => {
      if (now() - readAt >= (looked ? LOOKED_AT : OTHERWISE)) void read()
    },
    clear: (): void => {
      rows.value = []
      readAt = Number.NEGATIVE_INFINITY
    },
  }
}
export type RoomList = ReturnType<typeof createRoomList>
