import { effect, type ReadonlySignal, signal, untracked } from '@preact/signals'
import type { Bounds } from '../../wire/cells.ts'
import type { Stores } from './stores.ts'
import { NO_VIEW, type ViewState } from './view.ts'
import type { Watches } from './watches.ts'

export type MapViewOptions = {
  stores: Pick<Stores, 'fleet' | 'groups'>
  watches: () => Pick<Watches, 'look'>
  /** Nobody looks at this page: nothing of the map is wanted. */
  asleep: ReadonlySignal<boolean>
  /** Something else is wanted of the node. */
  poke: () => void
}

/** The part of the map that is seen, and what the node says that it covers. */
export const createMapView = ({ stores: { fleet, groups }, watches, asleep, poke }: MapViewOptions) => {
  const bounds = signal<Bounds | null>(null)
  const covered = signal<ViewState>(NO_VIEW)
  const ask = (seen: Bounds | null, wanted: readonly string[] | null): void => {
    watches().look(seen, wanted)
    poke()
  }
  return {
    covered: covered as ReadonlySignal<ViewState>,
    /** The part of the map that is seen; null where the map is not. */
    bounds: bounds as ReadonlySignal<Bounds | null>,
    look: (next: Bounds | null): void => {
      bounds.value = next
    },
    /** The node's answer, or that something goes at once. */
    adopt: (next: ViewState): void => {
      fleet.watch(next.cells)
      if (next.groups) groups.tell(next.groups)
      covered.value = next
    },
    /**
     * Asks for what is seen, of the groups that are switched on, and again where there may be new ones. Returns a
     * function that stops it.
     */
    start: (): (() => void) =>
      effect(() => {
        const [seen, wanted] = [asleep.value ? null : bounds.value, groups.wanted.value, groups.asked.value]
        untracked(() => ask(seen, wanted))
      }),
  }
}
