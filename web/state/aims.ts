import { signal } from '@preact/signals'
import type { MapView } from './prefs.ts'

/** Where the map is to go: a view of it, or wherever a device is. */
export type MapAim = MapView | { device: string }

/** What the map and the chart are to show next. Whoever shows it sets it back to null. */
export const createAims = () => ({
  map: signal<MapAim | null>(null),
  /** Unix milliseconds. */
  moment: signal<number | null>(null),
})
export type Aims = ReturnType<typeof createAims>
