import { type Account, refusedTotal } from '../../feed/account.ts'
import type { Publisher } from '../../feed/publisher.ts'
import type { SymbolDescription } from '../../wire/market.ts'
import type { ReplayOptions } from '../options.ts'
import type { Rest } from '../report.ts'
import type { Run } from '../run.ts'
import { FORMATS, type Format } from './formats.ts'
import { dueItems } from './pauses.ts'
import { play } from './player.ts'
import { createProgress, spanText, type Terminal } from './progress.ts'
import { type Recording, type Tallies, type Tally, totalOf } from './recording.ts'
import { shift } from './shift.ts'

/** What is said of a recording of which nothing can be played. */
export const emptyLine = ({ file }: Pick<ReplayOptions, 'file'>, { format, rows }: Recording): string =>
  `${file} (${format}): nothing of it can be replayed${rows === 0 ? `: it holds no ${FORMATS[format].holds}` : ''}.`

/** Rows that there is something to say of: each reason with its count and first rows. */
const tallyLines = (rows: Tally): string[] =>
  [...rows].flatMap(([reason, { count, examples }]) => [
    `  ${count.toLocaleString('en')} ${count === 1 ? 'row' : 'rows'}: ${reason}`,
    ...examples.map((example) => `      ${example}`),
    ...(count > examples.length ? [`      and ${(count - examples.length).toLocaleString('en')} more`] : []),
  ])

/** What is to be said of the file: what was left out and why, what is not needed, and what to know of the rest. */
export const fileLines = ({ skips, unneeded, notes }: Tallies): string[] => {
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
  return { leftOut, unneeded, unsent: Math.max(0, recording.total - done), interrupted }
}

const paceOf = ({ speed, maxPause }: ReplayOptions): string => {
  if (speed === Number.POSITIVE_INFINITY) return 'as fast as Redis takes them'
  const pauses = maxPause === Number.POSITIVE_INFINITY ? '' : `, pauses no longer than ${spanText(maxPause)}`
  return `at ${speed === 1 ? '' : `${speed} times `}the recorded speed${pauses}`
}

/** What a recording's symbol is, where nobody knows it otherwise. */
const described = ({ format }: Recording, symbol: string): SymbolDescription => {
  const { describe = () => ({}) }: Format = FORMATS[format]
  return { name: `${symbol} (recorded)`, ...describe(symbol) }
}

/** Plays a recording to its end or the signal. */
export const runReplay = async (
  options: ReplayOptions,
  recording: Recording,
  known: (symbol: string) => SymbolDescription | undefined,
  publisher: Publisher,
  run: Run,
  terminal: Terminal,
) => {
  const { speed, maxPause } = options
  const due = dueItems(recording.items, maxPause)
  const items = options.shift ? shift(due, recording.due, run.now(), run.firstNumber, speed) : due
  const [total, rows] = [recording.total.toLocaleString('en'), recording.rows.toLocaleString('en')]
  run.say(`${options.file} (${recording.format}): ${total} of ${rows} rows, ${paceOf(options)}.`)
  publisher.describe(
    recording.symbols.map((symbol) => ({ ...(known(symbol) ?? described(recording, symbol)), symbol })),
  )
  const { device }: Format = FORMATS[recording.format]
  if (device) publisher.describeDevices(recording.devices.map((id) => ({ id, ...device })))
  const progress = createProgress(recording.total, terminal)
  await play({
    items,
    speed,
    publisher,
    clock: terminal.clock,
    sleep: run.sleep,
    onProgress: progress.show,
    stopped: () => run.signal.aborted,
  })
  if (run.signal.aborted) return
  await publisher.drained(0)
  progress.end()
}
