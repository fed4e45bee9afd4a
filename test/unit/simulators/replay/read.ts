import { tmpdir } from 'node:os'
import { readText } from '../../../../simulators/replay/file.ts'
import type { FormatName, Hints } from '../../../../simulators/replay/formats.ts'
import { createIntake, type Limits } from '../../../../simulators/replay/intake.ts'
import type { Item, Recording as Streamed } from '../../../../simulators/replay/recording.ts'
import { createSpool } from '../../../../simulators/replay/spool.ts'

/** A recording whose items are all in memory. */
export type Recording = Omit<Streamed, 'items'> & { items: Item[] }

/** Takes the items of a recording into memory, and ends it. */
export const held = (recording: Streamed): Recording => {
  const items = [...recording.items]
  recording.close()
  return { ...recording, items, close: closed }
}
const closed = () => {}

const HINTS: Hints = {
  symbol: 'XRP-ETH',
  device: 'TRUCK-1',
  isOneDevice: false,
  zone: null,
  date: Number.NaN,
  anew: false,
}

/** Reads the pieces of a text as a replay does that was given no options but these, however little memory there is. */
export const readPieces = (
  pieces: Iterable<string>,
  format: FormatName,
  hints: Partial<Hints> = {},
  limits?: Limits,
): Recording => {
  const options = { format, hints: { ...HINTS, ...hints }, maxPause: Number.POSITIVE_INFINITY }
  const intake = createIntake({ ...options, spool: createSpool([tmpdir()]), ...(limits && { limits }) })
  for (const piece of pieces) intake.write(piece)
  return held(intake.end(null))
}

/** Reads a text as a replay does that was given no options but these. */
export const read = (text: string, format: FormatName, hints: Partial<Hints> = {}): Recording =>
  readPieces([text], format, hints)

/** What stands in memory, read by `readText`. */
export const textOf = async (path: string): Promise<string> => {
  let text = ''
  await readText(path, { read: 0, size: 0 }, (piece) => {
    text += piece
  })
  return text
}

export const fixesOf = ({ items }: Recording) => items.flatMap((item) => (item.kind === 'fix' ? [item.fix] : []))
export const tradesOf = ({ items }: Recording) => items.flatMap((item) => (item.kind === 'trade' ? [item.trade] : []))
export const quotesOf = ({ items }: Recording) => items.flatMap((item) => (item.kind === 'quote' ? [item.quote] : []))

const counts = (rows: Recording['skips']): Record<string, number> =>
  Object.fromEntries([...rows].map(([reason, { count }]) => [reason, count]))

/** How often rows were left out, by reason. */
export const reasonsOf = ({ skips }: Recording) => counts(skips)
/** Rows that are right and not needed, by kind. */
export const unneededOf = ({ unneeded }: Recording) => counts(unneeded)
/** What is to be known of rows that were taken. */
export const notesOf = ({ notes }: Recording) => counts(notes)
/** The first rows of each reason: `reason; row 3,row 5`. */
export const placesOf = ({ skips }: Recording): string[] =>
  [...skips].map(([reason, { examples }]) => `${reason}; ${examples.map((text) => text.split(':')[0])}`)

/** An NMEA sentence with its checksum. */
export const sentence = (body: string, start = '$'): string => {
  const sum = [...body].reduce((value, letter) => value ^ letter.charCodeAt(0), 0)
  return `${start}${body}*${sum.toString(16).padStart(2, '0')}`
}
