import { effect, type ReadonlySignal, signal, untracked } from '@preact/signals'
import type { Bounds } from '../../wire/cells.ts'
import type { Stores } from './stores.ts'
import { NO_VIEW, type ViewState } from './view.ts'
import type { Watches } from './watches.ts'

export type MapViewOptions = {
  stores: Pick<Stores, 'fleet' | 'groups'>
  watches: () => Pick<Watches, 'look'>
  /** Something else is wanted of the node. */
  poke: () => void
  now: () => number
}

/** The view is sent again this often, in milliseconds: there may be new groups of devices. */
const AGAIN = 30_000

/** The part of the map that is seen, and what the node says that it covers. */
export const createMapView = ({ stores: { fleet, groups }, watches, poke, now }: MapViewOptions) => {
  const bounds = signal<Bounds | null>(null)
  const covered = signal<ViewState>(NO_VIEW)
  let askedAt = 0
  const ask = (seen: Bounds | null, wanted: readonly string[] | null): void => {
    askedAt = now()
    watches().look(seen, wanted)
    poke()
  }
  return {
    covered: covered as ReadonlySignal<ViewState>,
    /** The part of the map that is seen; null where the map is not. */
    look: (next: Bounds | null): void => {
      bounds.value = next
    },
    /** The node's answer, or that something goes at once. */
    adopt: (next: ViewState): void => {
      fleet.watch(next.cells)
      if (next.groups) groups.tell(next.groups)
      covered.value = next
    },
    /** Comes once a second. */
    tick: (): void => {
      if (bounds.value !== null && now() - askedAt > AGAIN) ask(bounds.value, groups.wanted.value)
    },
    /** Asks for what is seen, of the groups that are switched on. Returns a function that stops it. */
    start: (): (() => void) =>
      effect(() => {
        const [seen, wanted] = [bounds.value, groups.wanted.value]
        untracked(() => ask(seen, wanted))
      }),
  }
}
