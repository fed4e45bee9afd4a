import { type ReadonlySignal, signal } from '@preact/signals'
import { DESK_ROOM } from './room-names.ts'

export const PANES = ['room', 'people', 'inbox'] as const
export type Pane = (typeof PANES)[number]

type Remembered<T> = { get: () => T | null; set: (value: T) => void }
export type LookPrefs = { deskOpen: Remembered<boolean>; room: Remembered<string> }

/** What of the desk is on the screen: whether it is open, which part of it, and which room. */
export const createLook = (prefs: LookPrefs) => {
  const open = signal(prefs.deskOpen.get() === true)
  const pane = signal<Pane>('room')
  const room = signal(prefs.room.get() ?? DESK_ROOM)
  /** The message that somebody wants to see; null once it is shown. */
  const sought = signal<{ room: string; n: number } | null>(null)

  const show = (next: boolean): void => {
    open.value = next
    prefs.deskOpen.set(next)
  }
  const enter = (next: string): void => {
    room.value = next
    pane.value = 'room'
    prefs.room.set(next)
    show(true)
  }
  return {
    open: open as ReadonlySignal<boolean>,
    pane: pane as ReadonlySignal<Pane>,
    room: room as ReadonlySignal<string>,
    sought: sought as ReadonlySignal<{ room: string; n: number } | null>,
    show,
    turnTo: (next: Pane): void => {
      pane.value = next
      show(true)
    },
    /** Goes into a room, and to one of its messages where that is named. */
    enter: (next: string, n?: number): void => {
      enter(next)
      sought.value = n === undefined ? null : { room: next, n }
    },
    found: (): void => {
      sought.value = null
    },
  }
}
export type Look = ReturnType<typeof createLook>
