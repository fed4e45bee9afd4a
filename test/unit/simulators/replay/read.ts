import { type FormatName, type Hints, readRecording } from '../../../../simulators/replay/formats.ts'
import type { Recording } from '../../../../simulators/replay/recording.ts'

const HINTS: Hints = {
  symbol: 'XRP-ETH',
  device: 'TRUCK-1',
  isOneDevice: false,
  zone: null,
  date: Number.NaN,
  anew: false,
}

/** Reads a text as a replay does that was given no options but these. */
export const read = (text: string, format: FormatName, hints: Partial<Hints> = {}): Recording =>
  readRecording(text, format, { ...HINTS, ...hints })

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
