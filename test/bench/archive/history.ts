import { readFileSync } from 'node:fs'
import type { Batch, FixRow, MinuteRow } from '../../../archive/archive.ts'
import { createFleet } from '../../../simulators/fleet/fleet.ts'
import { readCircuits } from '../../../simulators/fleet/network.ts'
import { createRandom } from '../../../simulators/random.ts'
import { type Candle, DAY, MINUTE } from '../../../wire/market.ts'
import { ROOT } from '../../support/environment.ts'

/** How much history is made up. */
export type Plan = { fixes: number; devices: number; symbols: number; years: number }

/** Midnight, UTC: all history ends then. */
export const END = Date.UTC(2026, 10, 30)
/** Seconds between two fixes of a device. */
export const EVERY_S = 10
const ROWS = 5000
/** A symbol trades in so many minutes of each day, from this one on. */
const OPEN = { from: 570, minutes: 390 }

/** When the first fix of a plan was made. */
export const fleetBegan = ({ fixes, devices }: Plan): number => END - Math.ceil(fixes / devices) * EVERY_S * 1000
export const marketBegan = ({ years }: Plan): number => END - years * 365 * DAY

export const symbolOf = (i: number): string => `SYM-${i + 1}`
export const deviceOf = (i: number): string => `BUS-${String(i + 1).padStart(4, '0')}`

/** The simulators' fleet, as long as it takes for so many fixes: batches in order of time. */
export function* fixBatches(plan: Plan): Generator<Batch> {
  const circuits = readCircuits(readFileSync(`${ROOT}/data/austin-routes.json`, 'utf8'))
  const start = fleetBegan(plan)
  const fleet = createFleet({ circuits, devices: plan.devices, seed: 1, interval: EVERY_S, firstNumber: 1, start })
  let rows: FixRow[] = []
  let made = 0
  for (let t = start; made < plan.fixes; t += EVERY_S * 1000)
    for (const { fixes } of fleet.step(t)) {
      for (const fix of fixes) rows.push({ fix, at: fix.t + 200 })
      made += fixes.length
      if (rows.length < ROWS) continue
      yield { fixes: rows }
      rows = []
    }
  if (rows.length > 0) yield { fixes: rows }
}

/** Minutes of a market that is open some hours a day, five days a week. */
export function* minuteBatches(plan: Plan): Generator<Batch> {
  const random = createRandom(1, '(archive)')
  let rows: MinuteRow[] = []
  const prices = Array.from({ length: plan.symbols }, () => 100)
  let id = 1
  for (let day = marketBegan(plan); day < END; day += DAY) {
    if ([0, 6].includes(new Date(day).getUTCDay())) continue
    for (const [i, last] of prices.entries()) {
      let price = last
      for (let minute = OPEN.from; minute < OPEN.from + OPEN.minutes; minute++) {
        const t = day + minute * MINUTE
        const open = price
        const close = Math.max(1, Math.round((open + random.normal() * 0.05) * 100) / 100)
        const count = 1 + random.below(200)
        const candle: Candle = {
          t,
          open,
          high: Math.max(open, close) + 0.01,
          low: Math.min(open, close) - 0.01,
          close,
          volume: count * 10,
          count,
          first: [t + random.below(1000), id],
          last: [t + 59_000 + random.below(1000), id + count - 1],
        }
        id += count
        price = close
        rows.push({ symbol: symbolOf(i), candle })
      }
      prices[i] = price
    }
    if (rows.length < ROWS) continue
    yield { minutes: rows }
    rows = []
  }
  if (rows.length > 0) yield { minutes: rows }
}
