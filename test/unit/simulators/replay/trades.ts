import { read } from './read.ts'

export const T = 1_709_632_800_000

/** Reads rows of trades. */
export const trades = (rows: readonly unknown[], hints = {}) => read(JSON.stringify(rows), 'trades', hints)
