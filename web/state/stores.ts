import { type Aims, createAims } from './aims.ts'
import type { Api } from './api.ts'
import { createChart } from './chart.ts'
import { createDeskStores } from './desk/stores.ts'
import { createFleet } from './fleet.ts'
import type { Frames } from './frames.ts'
import { createGroups } from './groups.ts'
import type { Link } from './link.ts'
import { createListing } from './listing.ts'
import { createMarket } from './market.ts'
import { createOrders } from './orders.ts'
import type { Prefs } from './prefs.ts'
import { createSelection } from './selection.ts'

export type StoreOptions = {
  api: Api
  prefs: Prefs
  frames: Frames
  link: Link
  /** Unix milliseconds: of this browser, or of the moment that is shown. */
  now: () => number
  random: () => number
  /** Whether it is the past that is shown. */
  isPast: boolean
  aims?: Aims | undefined
}

/** Everything that the dashboard knows of the world. */
export const createStores = ({ api, prefs, frames, link, now, random, isPast, aims = createAims() }: StoreOptions) => {
  const market = createMarket(frames.wake)
  const chart = createChart(api.candles, frames.wake, isPast ? now : undefined)
  const fleet = createFleet(frames.wake)
  const selection = createSelection(api.track, frames.wake)
  const listing = createListing({ load: api.symbols, market, prefs, random })
  const groups = createGroups(prefs)
  const serverNow = (): number => link.clock.serverTime(now())
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
    aims,
    /** Comes once a second: what was true may be so no longer. */
    tick: (): void => {
      link.tick()
      listing.tick(now())
      chart.tick()
      selection.tick(serverNow())
      fleet.tick(now())
    },
    /** All that is known is of another moment. It is shown until what comes next takes its place. */
    rewind: (): void => {
      market.rewind()
      listing.rewind()
      fleet.rewind()
      chart.rewind()
      selection.rewind(serverNow())
    },
    /** Another floor was looked at, where a person may have chosen otherwise. */
    recall: (): void => {
      listing.recall()
      groups.recall()
    },
    /** History is to be read otherwise. */
    reread: (): void => {
      chart.rewind()
      selection.reread(serverNow())
    },
    /**
     * Hands what has changed to the views, once a frame, and reads the list of symbols where there is one. Returns a
     * function that stops it.
     */
    start: (list: boolean): (() => void) => {
      const ends = [frames.add(market.flush), frames.add(chart.flush)]
      if (list) ends.push(listing.start())
      return () => {
        for (const end of ends) end()
      }
    },
  }
}
export type Stores = ReturnType<typeof createStores>
