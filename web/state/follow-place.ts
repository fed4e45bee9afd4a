import { effect, type ReadonlySignal, untracked } from '@preact/signals'
import type { Place, Workspace } from './place.ts'
import type { Stores } from './stores.ts'
import type { Wanted } from './wanted.ts'
import type { Watches } from './watches.ts'

export type FollowOptions = {
  place: ReadonlySignal<Place>
  workspace: ReadonlySignal<Workspace>
  go: (change: Partial<Place>) => void
  stores: Pick<Stores, 'chart' | 'link' | 'listing' | 'selection'>
  watches: Pick<Watches, 'wantOnly'>
  wanted: Wanted
  /** Something else is wanted of the node. */
  poke: () => void
  now: () => number
  /** The place is shown by another floor, which lies over this one. */
  covered: ReadonlySignal<boolean>
}

/** Watches, reads and selects what the place calls for, and nothing else. Returns a function that stops it. */
export const followPlace = (options: FollowOptions): (() => void) => {
  const { place, workspace, go, stores, watches, wanted, poke, now, covered } = options
  const { chart, link, listing, selection } = stores
  const watchWhatIsSeen = () => {
    const seen = { ...place.value, workspace: workspace.value }
    const topics = wanted(seen, listing.symbols.value, listing.hidden.value)
    untracked(() => {
      watches.wantOnly(topics)
      poke()
    })
  }
  const openChart = () => {
    const { symbol, interval } = place.value
    const shown = !covered.value && workspace.value !== 'fleet' && symbol !== null
    untracked(() => (shown ? chart.open(symbol, interval) : chart.close()))
  }
  const selectDevice = () => {
    const device = covered.value ? null : place.value.device
    untracked(() => selection.select(device, link.clock.serverTime(now())))
  }
  const chooseSymbol = () => {
    const [symbol] = listing.symbols.value
    if (place.value.symbol === null && symbol !== undefined) go({ symbol })
  }
  const ends = [watchWhatIsSeen, openChart, selectDevice, chooseSymbol].map((follow) => effect(follow))
  return () => {
    for (const end of ends) end()
  }
}
