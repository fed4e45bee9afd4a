import { createAims } from './aims.ts'
import type { Api } from './api.ts'
import { createChart } from './chart.ts'
import { createDeskStores } from './desk/stores.ts'
import { createFleet } from './fleet.ts'
import type { Frames } from './frames.ts'
import { createGroups } from './groups.ts'
import { createLink } from './link.ts'
import { createListing } from './listing.ts'
import { createMarket } from './market.ts'
import { createOrders } from './orders.ts'
import type { Prefs } from './prefs.ts'
import { createSelection } from './selection.ts'

export type StoreOptions = { api: Api; prefs: Prefs; frames: Frames; now: () => number; random: () => number }

/** Everything that the dashboard knows of the world. */
export const createStores = ({ api, prefs, frames, now, random }: StoreOptions) => {
  const link = createLink(now)
  const market = createMarket(frames.wake)
  const chart = createChart(api.candles, frames.wake)
  const fleet = createFleet(frames.wake)
  const selection = createSelection(api.track, frames.wake)
  const listing = createListing({ load: api.symbols, market, prefs, random })
  const groups = createGroups(prefs)
  return {
    link,
    market,
    chart,
    fleet,
    selection,
    listing,
    groups,
    orders: createOrders(),
    deskStores: createDeskStores(),
    aims: createAims(),
    /** Comes once a second: what was true may be so no longer. */
    tick: (): void => {
      link.tick()
      listing.tick(now())
      chart.tick()
      fleet.tick(now())
    },
    /**
     * Hands what has changed to the views, once a frame, and reads the list of symbols where there is one. Returns a
     * function that stops it.
     */
    start: (list: boolean): (() => void) => {
      const ends = [frames.add(market.flush), frames.add(chart.flush)]
      if (list) listing.start()
      return () => {
        for (const end of ends) end()
      }
    },
  }
}
export type Stores = ReturnType<typeof createStores>
