import { signal } from '@preact/signals'
import type { MapView } from './prefs.ts'

/** Where the map is to go: a view of it, or wherever a device is. */
export type MapAim = MapView | { device: string }

/** What the map and the chart are to show next, and what of the map is seen. */
export const createAims = () => ({
  /** The middle of the map as it is seen; null where the map is not. */
  seen: signal<MapView | null>(null),
  /** Whoever shows it sets it back to null. */
  map: signal<MapAim | null>(null),
  /** Unix milliseconds; whoever shows it sets it back to null. */
  moment: signal<number | null>(null),
})
export type Aims = ReturnType<typeof createAims>
