import { type ReadonlySignal, signal } from '@preact/signals'
import type { Topic } from '../../../wire/topics.ts'
import { DESK_ROOM } from './room-names.ts'

export const PANES = ['room', 'people', 'inbox'] as const
export type Pane = (typeof PANES)[number]

/** A message that somebody wants to see. */
type Sought = { room: Topic; n: number }
type Remembered<T> = { get: () => T | null; set: (value: T) => void }
export type LookPrefs = { deskOpen: Remembered<boolean>; room: Remembered<Topic> }

/** What of the desk is on the screen: whether it is open, which part of it, and which room. */
export const createLook = (prefs: LookPrefs) => {
  const open = signal(prefs.deskOpen.get() === true)
  const pane = signal<Pane>('room')
  const room = signal<Topic>(prefs.room.get() ?? DESK_ROOM)
  /** Null once it is shown. */
  const sought = signal<Sought | null>(null)

  /** Whether one is to write: the field is to take the cursor. */
  const called = signal(false)

  const show = (next: boolean): void => {
    open.value = next
    prefs.deskOpen.set(next)
  }
  const enter = (next: Topic): void => {
    room.value = next
    pane.value = 'room'
    prefs.room.set(next)
    show(true)
  }
  return {
    open: open as ReadonlySignal<boolean>,
    pane: pane as ReadonlySignal<Pane>,
    room: room as ReadonlySignal<Topic>,
    sought: sought as ReadonlySignal<Sought | null>,
    show,
    turnTo: (next: Pane): void => {
      pane.value = next
      show(true)
    },
    /** Goes into a room, and to one of its messages where that is named. */
    enter: (next: Topic, n?: number): void => {
      enter(next)
      sought.value = n === undefined ? null : { room: next, n }
    },
    called: called as ReadonlySignal<boolean>,
    /** Opens the room that was looked at last, to write in it. */
    write: (): void => {
      pane.value = 'room'
      show(true)
      called.value = true
    },
    /** The field has the cursor. */
    answered: (): void => {
      called.value = false
    },
    found: (): void => {
      sought.value = null
    },
  }
}
export type Look = ReturnType<typeof createLook>
