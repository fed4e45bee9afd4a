import type { Archive } from '../../../archive/archive.ts'
import { createRandom } from '../../../simulators/random.ts'
import { quadkeysCovering } from '../../../wire/cells.ts'
import { DAY, INTERVALS, MINUTE } from '../../../wire/market.ts'
import { AUSTIN } from '../fleet/city.ts'
import { deviceOf, END, fleetBegan, marketBegan, type Plan, symbolOf } from './history.ts'

/** A question, asked of another moment or thing each time; it answers how many rows there were. */
export type Question = { name: string; what: string; ask: (archive: Archive) => Promise<number> }

const PAGE = 1500
/** Of a degree: some 2 km. */
const SIDE = 0.02
const HOUR = 60 * MINUTE
const WEEKS = 21 * DAY

/** What people and the floor ask, of made-up history. */
export const questionsOf = (plan: Plan): Question[] => {
  const random = createRandom(2, '(questions)')
  const [began, opened] = [fleetBegan(plan), marketBegan(plan)]
  const within = (from: number, to: number): number => from + Math.floor(random.next() * Math.max(1, to - from))
  const symbol = () => symbolOf(random.below(plan.symbols))
  const device = () => deviceOf(random.below(plan.devices))
  const area = () => {
    const [south, west] = [AUSTIN.lat + random.normal() * 0.05, AUSTIN.lon + random.normal() * 0.05]
    return { west, south, east: west + SIDE, north: south + SIDE }
  }
  const candles = (interval: keyof typeof INTERVALS, before: () => number) => async (archive: Archive) =>
    (await archive.candles({ symbol: symbol(), interval: INTERVALS[interval], before: before(), limit: PAGE })).length
  const track = (span: number, limit: number) => async (archive: Archive) => {
    const from = Math.max(began, within(began, END - span))
    return (await archive.track({ device: device(), from, to: from + span, limit })).length
  }
  const visits = (span: number) => async (archive: Archive) => {
    const from = within(began, Math.max(began + 1, END - span))
    return (await archive.visits(area(), from, from + span, PAGE)).length
  }
  return [
    { name: 'candlesDay', what: `newest ${PAGE} candles of a day`, ask: candles('1d', () => END) },
    { name: 'candlesHour', what: `${PAGE} of an hour, any year`, ask: candles('1h', () => within(opened, END)) },
    { name: 'candlesMinute', what: `${PAGE} of a minute, any year`, ask: candles('1m', () => within(opened, END)) },
    { name: 'trackDay', what: 'track of a day', ask: track(DAY, 250_000) },
    { name: 'trackWeeks', what: 'track of three weeks, or all there is', ask: track(WEEKS, 250_000) },
    { name: 'areaHour', what: 'who was in 2 km by 2 km in an hour', ask: visits(HOUR) },
    { name: 'areaDay', what: 'who was there in a day', ask: visits(DAY) },
    {
      name: 'fleet',
      what: 'where the whole fleet was at a moment',
      ask: async (archive) => {
        const at = within(began + HOUR, END)
        return (await archive.lastOfAll(at - HOUR, at, 20_000)).length
      },
    },
    {
      name: 'view',
      what: 'a second of a view of 10 km',
      ask: async (archive) => {
        const tiles = quadkeysCovering({
          west: AUSTIN.lon - 0.05,
          east: AUSTIN.lon + 0.05,
          south: AUSTIN.lat - 0.05,
          north: AUSTIN.lat + 0.05,
        })
        const from = within(began, END - 1000)
        return (await archive.fixesIn(tiles ?? [], from, from + 1000, 20_000)).length
      },
    },
  ]
}
