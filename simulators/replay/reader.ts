import type { Spool } from './spool.ts'

/**
 * How a file begins: `start` is its first 64 Ki letters behind blanks, `firstRow` their row. `spool`: where to put what
 * cannot be decided yet.
 */
export type Opening = { start: string; firstRow: number; spool: Spool }

/** Takes the text of a file piece by piece, from `start` on. `isCut`: the last row may not be whole. */
export type Reader = { write: (text: string) => void; end: (isCut: boolean) => void }
