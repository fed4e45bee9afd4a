import { effect, type ReadonlySignal, signal, untracked } from '@preact/signals'
import type { Author } from '../../../wire/rooms.ts'
import type { Screens } from './screens.ts'

export type FollowOptions = {
  screens: Screens
  /** Moves this screen to a place, as {@link formatScreen} writes it. */
  move: (place: string) => void
}

/** Following a colleague: this screen goes where theirs does, until it is touched. */
export const createFollow = ({ screens, move }: FollowOptions) => {
  const leader = signal<Author | null>(null)
  const stop = (): void => {
    if (leader.peek() === null) return
    leader.value = null
    screens.clear()
  }
  return {
    leader: leader as ReadonlySignal<Author | null>,
    /** Whether the one who is followed shows nothing just now; null: nothing was heard yet. */
    shows: (): boolean | null => {
      const shown = screens.shown.value
      return shown === null || shown.id !== leader.value?.id ? null : shown.place !== null
    },
    /** What they show, to be told to those who follow us. */
    place: (): string | null => (leader.value === null ? null : (screens.shown.value?.place ?? null)),
    follow: (person: Author): void => {
      screens.clear()
      leader.value = person
    },
    stop,
    /** Moves this screen with theirs. Returns a function that ends it. */
    start: (): (() => void) =>
      effect(() => {
        const [shown, person] = [screens.shown.value, leader.value]
        if (person === null || shown?.id !== person.id || shown.place === null) return
        const { place } = shown
        untracked(() => move(place))
      }),
  }
}
export type Follow = ReturnType<typeof createFollow>
