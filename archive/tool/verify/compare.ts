import { isDeepStrictEqual } from 'node:util'
import type { Fix } from '../../../wire/fleet.ts'
import { type Candle, MINUTE } from '../../../wire/market.ts'
import type { Archive } from '../../archive.ts'

/** What differs, in a line for people. */
export type Difference = string
export type Compared = { rows: number; differences: Difference[] }

const PAGE = 5000
const at = (t: number): string => new Date(t).toISOString()
const spanOf = (times: readonly number[]): { from: number; to: number } => ({
  from: times.reduce((least, t) => Math.min(least, t), Number.POSITIVE_INFINITY),
  to: times.reduce((most, t) => Math.max(most, t), 0),
})

/** The archive's minutes of a symbol in [from, to], by start. */
const minutesIn = async (archive: Pick<Archive, 'minutes'>, symbol: string, from: number, to: number) => {
  const found = new Map<number, Candle>()
  for (let next = from; ; ) {
    const page = await archive.minutes([symbol], next, to + 1, PAGE)
    for (const { candle } of page) found.set(candle.t, candle)
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE) return found
    next = last.candle.t + 1
  }
}

/** The same minute in Redis and in the archive; null where the archive has all of it. More trades there are right. */
const minuteDifference = (symbol: string, held: Candle, kept: Candle | undefined): Difference | null => {
  const which = `${symbol} ${at(held.t)}`
  if (kept === undefined) return `${which}: the minute is missing, with ${held.count} trades`
  if (kept.count > held.count || isDeepStrictEqual(kept, held)) return null
  return `${which}: ${JSON.stringify(kept)} instead of ${JSON.stringify(held)}`
}

/** Compares minutes that ended before `edge`. */
export const compareMinutes = async (
  archive: Pick<Archive, 'minutes'>,
  symbol: string,
  all: readonly Candle[],
  edge: number,
): Promise<Compared> => {
  const held = all.filter(({ t }) => t + MINUTE <= edge)
  if (held.length === 0) return { rows: 0, differences: [] }
  const { from, to } = spanOf(held.map(({ t }) => t))
  const kept = await minutesIn(archive, symbol, from, to)
  const differences = held.flatMap((candle) => minuteDifference(symbol, candle, kept.get(candle.t)) ?? [])
  return { rows: held.length, differences }
}

const fixDifference = (held: Fix, kept: Fix | undefined): Difference | null => {
  const which = `${held.id} ${at(held.t)} number ${held.n}`
  if (kept === undefined) return `${which}: the fix is missing`
  return isDeepStrictEqual(kept, held) ? null : `${which}: ${JSON.stringify(kept)} instead of ${JSON.stringify(held)}`
}

/** Compares fixes that were made before `edge`. */
export const compareFixes = async (
  archive: Pick<Archive, 'track'>,
  device: string,
  all: readonly Fix[],
  edge: number,
): Promise<Compared> => {
  const held = all.filter(({ t }) => t < edge)
  if (held.length === 0) return { rows: 0, differences: [] }
  const { from, to } = spanOf(held.map(({ t }) => t))
  const kept = new Map<string, Fix>()
  // The archive may have any number more in this time: as many are asked for as it takes.
  for (let limit = PAGE; ; limit *= 2) {
    const rows = await archive.track({ device, from, to, limit, oldest: true })
    if (rows.length === limit && limit < MOST) continue
    for (const { fix } of rows) kept.set(`${fix.t} ${fix.n}`, fix)
    break
  }
  const differences = held.flatMap((fix) => fixDifference(fix, kept.get(`${fix.t} ${fix.n}`)) ?? [])
  return { rows: held.length, differences }
}
/** Fixes of one device that are compared at once, at the most. */
const MOST = 640_000
