import { type ReadonlySignal, signal } from '@preact/signals'
import type { Spot } from './spots.ts'

/** Places that are being chosen by clicks on the map. `route`: several, in order. `title`: for what, in words. */
export type Spotting = { title: string; route: boolean; spots: readonly Spot[] }

/** The most places of a route. */
export const MOST_SPOTS = 100

/** Chooses places on the map: while it does, a click on the map means a place and not a device. */
export const createSpotting = () => {
  const spotting = signal<Spotting | null>(null)
  const shown = signal<readonly Spot[]>([])
  let tell: (spots: readonly Spot[]) => void = () => {}

  const finish = (): void => {
    const chosen = spotting.peek()
    spotting.value = null
    if (chosen !== null && chosen.spots.length > 0) tell(chosen.spots)
  }
  return {
    spotting: spotting as ReadonlySignal<Spotting | null>,
    /** What a form names so far. */
    shown: shown as ReadonlySignal<readonly Spot[]>,
    show: (spots: readonly Spot[]): void => {
      shown.value = spots
    },
    /** `done` hears what was chosen, once; nothing where it was given up. */
    begin: (first: Spotting, done: (spots: readonly Spot[]) => void): void => {
      tell = done
      spotting.value = first
    },
    /** Returns whether the click was meant for this. */
    click: (spot: Spot): boolean => {
      const now = spotting.peek()
      if (now === null) return false
      if (now.spots.length < MOST_SPOTS) spotting.value = { ...now, spots: now.route ? [...now.spots, spot] : [spot] }
      if (!now.route) finish()
      return true
    },
    undo: (): void => {
      const now = spotting.peek()
      if (now !== null) spotting.value = { ...now, spots: now.spots.slice(0, -1) }
    },
    finish,
    cancel: (): void => {
      spotting.value = null
    },
  }
}
export type SpottingStore = ReturnType<typeof createSpotting>
