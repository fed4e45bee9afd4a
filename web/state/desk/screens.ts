import { signal } from '@preact/signals'
import type { ScreenSnapshot, ScreenUpdate } from '../../../wire/rooms.ts'

/** What the person who is followed shows; `place` null: nothing. */
export type Shows = { id: string; place: string | null }

/** The screen of whoever is followed, as it came last. */
export const createScreens = () => {
  const shown = signal<Shows | null>(null)
  return {
    shown,
    snapshot: (id: string, { screen }: ScreenSnapshot): void => {
      shown.value = { id, place: screen?.place ?? null }
    },
    update: (id: string, { screen }: ScreenUpdate): void => {
      if (screen !== undefined) shown.value = { id, place: screen?.place ?? null }
    },
    clear: (): void => {
      shown.value = null
    },
  }
}
export type Screens = ReturnType<typeof createScreens>
