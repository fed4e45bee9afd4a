import { MINUTE } from '../../wire/market.ts'
import { SLICE_MS } from '../../wire/past.ts'

/** Minutes and slices are counted from 1970, in columns of 31 bits: whatever time is asked for, its number fits. */
const MOST = 2 ** 31 - 1
const fitting = (n: number): number => Math.max(-MOST, Math.min(n, MOST))

/** The slice that a time lies in, and the first that begins at it or later. */
export const sliceOf = (t: number): number => fitting(Math.floor(t / SLICE_MS))
export const sliceFrom = (t: number): number => fitting(Math.ceil(t / SLICE_MS))
/** The minute in which the first candle of an interval (ms) starts at this time or later. */
export const minuteFrom = (t: number, interval: number = MINUTE): number =>
  fitting((Math.ceil(t / interval) * interval) / MINUTE)
