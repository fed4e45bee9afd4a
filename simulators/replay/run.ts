import type { ReplayOptions } from '../options.ts'
import { type Account, refusedTotal } from '../publisher/account.ts'
import type { Publisher } from '../publisher.ts'
import type { Rest } from '../report.ts'
import type { Run } from '../run.ts'
import { type FileText, readText } from './file.ts'
import { FORMATS, type FormatName, type Hints, readRecording, recognise } from './formats.ts'
import { namesOf } from './names.ts'
import { dueTimes } from './pauses.ts'
import { play } from './player.ts'
import { createProgress, spanText } from './progress.ts'
import { type Item, type Recording, type Tally, tally, totalOf } from './recording.ts'
import { shift } from './shift.ts'

export type Terminal = { isTerminal: boolean; write: (text: string) => void; clock: () => number }

const formatOf = (text: string, { file, format }: ReplayOptions): FormatName => {
  const found = format ?? recognise(text)
  if (found !== null) return found
  throw new Error(`${file} begins like no format that is known: name it by --format ${Object.keys(FORMATS).join('|')}`)
}

const hintsOf = ({ file, symbol, device, zone, date, shift: anew }: ReplayOptions): Hints => {
  const names = namesOf(file)
  return {
    symbol: symbol ?? names.symbol,
    device: device ?? names.device,
    isOneDevice: device !== null,
    zone,
    date,
    anew,
  }
}

/** Formats that know of each row whether it is whole; of the others the last line of a file that is cut off is none. */
const KNOWS_ITS_END: readonly FormatName[] = ['trades', 'gpx']

const wholeRows = ({ text, isCut }: FileText, format: FormatName): string =>
  isCut && !KNOWS_ITS_END.includes(format) ? text.slice(0, text.lastIndexOf('\n') + 1) : text

const CUT = 'the gzip data is cut off here, and read as far as it goes'

/** Reads and arranges the file that the options name; throws an error that says what is wrong with it. */
export const loadRecording = async (options: ReplayOptions): Promise<Recording> => {
  const file = await readText(options.file)
  const format = formatOf(file.text, options)
  try {
    const recording = readRecording(wholeRows(file, format), format, hintsOf(options))
    const lines = file.text.split('\n')
    if (file.isCut) tally(recording.notes, CUT, lines.length, (lines.at(-1) ?? '').slice(-80))
    return recording
  } catch (error) {
    throw new Error(
      `${options.file} cannot be read as ${format}: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

/** What is said of a recording of which nothing can be played. */
export const emptyLine = ({ file }: ReplayOptions, { format, rows }: Recording): string =>
  `${file} (${format}): nothing of it can be replayed${rows === 0 ? `: it holds no ${FORMATS[format].holds}` : ''}.`

/** Rows that there is something to say of: each reason with its count and first rows. */
const tallyLines = (rows: Tally): string[] =>
  [...rows].flatMap(([reason, { count, examples }]) => [
    `  ${count.toLocaleString('en')} ${count === 1 ? 'row' : 'rows'}: ${reason}`,
    ...examples.map((example) => `      ${example}`),
    ...(count > examples.length ? [`      and ${(count - examples.length).toLocaleString('en')} more`] : []),
  ])

/** What is to be said of the file: what was left out and why, what is not needed, and what to know of the rest. */
export const fileLines = ({ skips, unneeded, notes }: Recording): string[] => {
  const kinds = Array.from(unneeded, ([kind, { count }]) => `${count.toLocaleString('en')} ${kind}`).join(', ')
  return [
    ...(skips.size > 0 ? ['Left out:', ...tallyLines(skips)] : []),
    ...(unneeded.size > 0 ? [`Right, and not needed: ${kinds}.`] : []),
    ...(notes.size > 0 ? ['To know:', ...tallyLines(notes)] : []),
  ]
}

/** What became of the rows that Redis was not asked about. */
export const restOf = (recording: Recording, account: Readonly<Account>, interrupted: boolean): Rest => {
  const { accepted, repeats, old, refused, conflated, dropped } = account
  const done = accepted + repeats + old + refusedTotal(refused) + conflated + dropped
  const [leftOut, unneeded] = [totalOf(recording.skips), totalOf(recording.unneeded)]
  return { leftOut, unneeded, unsent: Math.max(0, recording.items.length - done), interrupted }
}

const symbolsOf = (items: readonly Item[]): string[] => [
  ...new Set(items.flatMap((item) => (item.kind === 'fix' ? [] : [item.symbol]))),
]

const paceOf = ({ speed, maxPause }: ReplayOptions): string => {
  if (speed === Number.POSITIVE_INFINITY) return 'as fast as Redis takes them'
  const pauses = maxPause === Number.POSITIVE_INFINITY ? '' : `, pauses no longer than ${spanText(maxPause)}`
  return `at ${speed === 1 ? '' : `${speed} times `}the recorded speed${pauses}`
}

/** Plays a recording to its end or the signal. */
export const runReplay = async (
  options: ReplayOptions,
  recording: Recording,
  nameOf: (symbol: string) => string | undefined,
  publisher: Publisher,
  run: Run,
  terminal: Terminal,
) => {
  const { speed, maxPause } = options
  const due = dueTimes(recording.items, maxPause)
  const items = options.shift ? shift(recording.items, due, run.now(), run.firstNumber, speed) : recording.items
  const [total, rows] = [items.length.toLocaleString('en'), recording.rows.toLocaleString('en')]
  run.say(`${options.file} (${recording.format}): ${total} of ${rows} rows, ${paceOf(options)}.`)
  publisher.describe(symbolsOf(items).map((symbol) => ({ symbol, name: nameOf(symbol) ?? `${symbol} (recorded)` })))
  const progress = createProgress(items.length, terminal.isTerminal, terminal.write, terminal.clock)
  const played = await play({
    items,
    due,
    speed,
    publisher,
    clock: terminal.clock,
    sleep: run.sleep,
    onProgress: progress.show,
    stopped: () => run.signal.aborted,
  })
  if (played === items.length) await publisher.drained(0)
  if (!run.signal.aborted) progress.end()
}
