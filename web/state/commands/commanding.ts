import { computed, effect, type ReadonlySignal, untracked } from '@preact/signals'
import type { Me } from '../../../wire/people.ts'
import type { Calls } from '../calls.ts'
import type { Link } from '../link.ts'
import type { Orders } from '../orders.ts'
import type { Place } from '../place.ts'
import type { Selected } from '../selection.ts'
import { createAsking } from './asking.ts'
import type { ErrandOptions } from './errands.ts'
import { createCommandKinds } from './kinds.ts'
import { createPicked } from './picked.ts'
import { createRecent, type KeptOrders } from './recent.ts'
import { type ShownOrder, showOrder } from './shown-order.ts'
import { type Spot, spotsOf } from './spots.ts'
import { createSpotting } from './spotting.ts'

export type CommandingOptions = {
  acts: ErrandOptions['acts']
  calls: Calls
  me: ReadonlySignal<Me | null>
  orders: Pick<Orders, 'orders' | 'refused'>
  selected: ReadonlySignal<Pick<Selected, 'commands'> | null>
  place: ReadonlySignal<Place>
  go: (change: Partial<Place>) => void
  link: Pick<Link, 'phase'>
  /** Where this browser keeps which orders were given in it. */
  kept: KeptOrders
  newId: () => string
  /** Unix milliseconds of this browser. */
  now: () => number
}

/** All that people ask of devices, without its views. */
export const createCommanding = (options: CommandingOptions) => {
  const { acts, calls, me, orders, selected, place, go, link, kept, newId, now } = options
  const handle = computed(() => me.value?.id ?? null)
  const kinds = createCommandKinds(calls)
  const recent = createRecent(kept, handle, now)
  const ready = (): boolean => link.phase.peek().phase === 'live'
  const who = (): string | null => handle.peek()
  const asking = createAsking({ acts, ready, me: who, now, newId, go, remember: recent.add })
  const spotting = createSpotting()
  /** What the map draws: the places that are being chosen, those of a form, or where the selected device was sent. */
  const spots = computed<readonly (readonly Spot[])[]>(() => {
    const chosen = spotting.spotting.value?.spots ?? spotting.shown.value
    return chosen.length > 0 ? [chosen] : spotsOf(selected.value?.commands ?? [], kinds.find)
  })

  /** The order that the address names. */
  const order = computed<ShownOrder | null>(() => {
    const { order: id } = place.value
    return id === undefined ? null : showOrder(orders, id)
  })
  return {
    ...asking,
    ...{ kinds, recent, calls, order, handle, spotting, spots },
    picked: createPicked(),
    openOrder: (order: string | undefined): void => {
      asking.heard()
      go({ order })
    },
    /** Comes once a second. */
    tick: asking.errands.tick,
    /** Forgets what one person asked once another is signed in. Returns a function that ends it. */
    start: (): (() => void) => {
      let before: string | null = null
      return effect(() => {
        // Whoever has only given a name goes on with what they began.
        if (before !== null && before !== handle.value) untracked(asking.clear)
        before = handle.value
      })
    },
  }
}
export type Commanding = ReturnType<typeof createCommanding>
