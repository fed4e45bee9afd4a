import type { ReplayOptions } from '../options.ts'
import type { Publisher } from '../publisher.ts'
import type { Run } from '../run.ts'
import { readText } from './file.ts'
import { FORMATS, type FormatName, namesOf, readRecording, recognise } from './formats.ts'
import { play } from './player.ts'
import { createProgress } from './progress.ts'
import type { Item, Recording, Skips } from './recording.ts'
import { shift } from './shift.ts'

export type Terminal = { isTerminal: boolean; write: (text: string) => void; clock: () => number }

const formatOf = (text: string, { file, format }: ReplayOptions): FormatName => {
  const found = format ?? recognise(text)
  if (found !== null) return found
  throw new Error(`${file} begins like no format that is known: name it by --format ${Object.keys(FORMATS).join('|')}`)
}

/** Reads and arranges the file that the options name; throws an error that says what is wrong with it. */
export const loadRecording = async (options: ReplayOptions): Promise<Recording> => {
  const text = await readText(options.file)
  const format = formatOf(text, options)
  const names = namesOf(options.file)
  try {
    return readRecording(text, format, {
      symbol: options.symbol ?? names.symbol,
      device: options.device ?? names.device,
    })
  } catch (error) {
    throw new Error(
      `${options.file} cannot be read as ${format}: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

/** What was left out, as lines: each reason with its count and first rows. */
export const skipLines = (skips: Skips): string[] =>
  [...skips].flatMap(([reason, { count, examples }]) => [
    `  ${count.toLocaleString('en')} ${count === 1 ? 'row' : 'rows'}: ${reason}`,
    ...examples.map((example) => `      ${example}`),
    ...(count > examples.length ? [`      and ${(count - examples.length).toLocaleString('en')} more`] : []),
  ])

const symbolsOf = (items: readonly Item[]): string[] => [
  ...new Set(items.flatMap((item) => (item.kind === 'fix' ? [] : [item.symbol]))),
]

/** Plays a recording to its end or the signal, and tells what was left out of its file. */
export const runReplay = async (
  options: ReplayOptions,
  recording: Recording,
  nameOf: (symbol: string) => string | undefined,
  publisher: Publisher,
  run: Run,
  terminal: Terminal,
) => {
  const items = options.shift ? shift(recording.items, run.now(), run.firstNumber, options.speed) : recording.items
  const total = items.length.toLocaleString('en')
  const pace =
    options.speed === Number.POSITIVE_INFINITY
      ? 'as fast as Redis takes them'
      : `at ${options.speed} times the recorded speed`
  run.say(`${options.file} (${recording.format}): ${total} of ${recording.rows.toLocaleString('en')} rows, ${pace}.`)
  publisher.describe(symbolsOf(items).map((symbol) => ({ symbol, name: nameOf(symbol) ?? `${symbol} (recorded)` })))
  const progress = createProgress(items.length, terminal.isTerminal, terminal.write, terminal.clock)
  const played = await play({
    items,
    speed: options.speed,
    publisher,
    clock: terminal.clock,
    sleep: run.sleep,
    onProgress: progress.show,
    stopped: () => run.signal.aborted,
  })
  if (played === items.length) await publisher.drained(0)
  progress.end()
  run.say(`Replayed ${played.toLocaleString('en')} of ${total}.`)
  if (recording.skips.size > 0) run.say(['Left out:', ...skipLines(recording.skips)].join('\n'))
}
