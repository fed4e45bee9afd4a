import { computed, effect, type ReadonlySignal, signal, untracked } from '@preact/signals'
import { createFloor, type Floor } from '../floor.ts'
import type { FloorOptions } from '../floor-parts.ts'

/** What a floor of the past needs besides the live one over which it lies. */
export type PastFloorOptions = Omit<FloorOptions, 'first' | 'under' | 'only'>

/**
 * A floor of the past lies over the live one as long as the place names a moment. Each time it is a new one: nothing of
 * a moment stays when one goes back to now. Returns the floor that is seen, what is to be told to all floors, and a
 * function that takes away what lies over.
 */
export const layOver = (live: Floor, options: PastFloorOptions) => {
  const over = signal<Floor | null>(null)
  let stop: (() => void) | null = null
  const lift = (): void => {
    if (stop === null) return
    stop()
    stop = null
    // Whoever comes again stands still at first.
    live.under.pace.value = 0
    live.recall()
    over.value = null
  }
  const lay = (): void => {
    const made = createFloor({ ...options, first: live.place.peek(), under: live.under })
    over.value = made
    stop = made.start()
  }
  const isPast = computed(() => live.place.value.at !== undefined)
  const end = effect(() => {
    const past = isPast.value
    untracked(past ? lay : lift)
  })
  const floors = (): Floor[] => [live, over.peek()].filter((floor) => floor !== null)
  const all = (tell: (floor: Floor) => unknown) => (): void => {
    for (const floor of floors()) tell(floor)
  }
  return {
    seen: computed(() => over.value ?? live) as ReadonlySignal<Floor>,
    tick: all((floor) => floor.tick()),
    hurry: all((floor) => floor.hurry()),
    sleep: all((floor) => floor.sleep()),
    resume: all((floor) => floor.resume()),
    pause: async (): Promise<void> => void (await Promise.all(floors().map((floor) => floor.pause()))),
    setOnline: (online: boolean): void => all((floor) => floor.setOnline(online))(),
    close: (): void => {
      end()
      lift()
    },
  }
}
