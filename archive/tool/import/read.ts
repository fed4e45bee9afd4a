import { type Place, readText } from '../../../simulators/replay/file.ts'
import { type FormatName, type Hints, START } from '../../../simulators/replay/formats.ts'
import { createIntake } from '../../../simulators/replay/intake.ts'
import { newlines } from '../../../simulators/replay/lines.ts'
import type { Loading } from '../../../simulators/replay/loading.ts'
import type { Reader } from '../../../simulators/replay/reader.ts'
import { type Recording, type Tallies, tally, totalOf } from '../../../simulators/replay/recording.ts'
import type { Spool } from '../../../simulators/replay/spool.ts'
import type { Candle } from '../../../wire/market.ts'
import { createSteps, isCandleTable, openCandleTable } from './candle-tables.ts'
import { isParquet, readParquet } from './parquet.ts'

/** What a file turned out to be: candles that were given out as they came, or a recording that can be gone through. */
export type Found = { kind: 'candles'; tallies: Tallies; count: number } | { kind: 'recording'; recording: Recording }

export type ReadPorts = {
  spool: Spool
  loading: Loading
  /** Takes a candle of a minute. */
  candle: (symbol: string, candle: Candle) => void
  /** Called between pieces: writes what waits. */
  rest: () => Promise<void>
}

const LOOK_EVERY = 100

/** Reads candles as they come. */
const createCandles = (start: string, firstRow: number, hints: Hints, { spool, candle }: ReadPorts) => {
  const tallies: Tallies = { skips: new Map(), unneeded: new Map(), notes: new Map() }
  const steps = createSteps()
  let count = 0
  const reader = openCandleTable({ start, firstRow, spool }, hints, {
    skip: (...row) => tally(tallies.skips, ...row),
    unneeded: (...row) => tally(tallies.unneeded, ...row),
    candle: (symbol, each, isSure) => {
      count++
      if (!isSure) steps.add(symbol, each.t)
      candle(symbol, each)
    },
  })
  const rows = () => count + totalOf(tallies.skips) + totalOf(tallies.unneeded)
  const end = (cut: string | null): Found => {
    reader.end(cut !== null)
    steps.check()
    if (cut !== null) tally(tallies.notes, `${cut} here, and read as far as it goes`, rows(), '')
    return { kind: 'candles', tallies, count }
  }
  return { write: reader.write, rows, check: steps.check, end }
}

/** Waits for the beginning of a text, which tells what it is. */
const createSource = (format: FormatName | null, hints: Hints, ports: ReadPorts) => {
  const { spool, loading } = ports
  const intake = createIntake({ format, hints, spool, maxPause: Number.POSITIVE_INFINITY })
  let candles: ReturnType<typeof createCandles> | null = null
  let sink: Pick<Reader, 'write'> | null = null
  let start = ''
  const begin = (): void => {
    const text = start.trimStart()
    if (format === null && isCandleTable(text.slice(0, START))) {
      const firstRow = 1 + newlines(start.slice(0, start.length - text.length))
      candles = createCandles(text.slice(0, START), firstRow, hints, ports)
    }
    sink = candles ?? intake
    sink.write(candles ? text : start)
    start = ''
  }
  return {
    write: (text: string): void => {
      if (sink) sink.write(text)
      else {
        start += text
        if (start.length >= START) begin()
      }
    },
    rows: () => candles?.rows() ?? intake.rows(),
    /** Writes nothing of candles before it is known that they are of minutes. */
    rest: (): Promise<void> => {
      candles?.check()
      return ports.rest()
    },
    format: () => intake.format(),
    end: (cut: string | null): Found => {
      if (!sink) begin()
      return candles?.end(cut) ?? { kind: 'recording', recording: intake.end(cut, loading.ordering) }
    },
  }
}

/** Reads a file, and arranges it where it is a recording; throws an error that says what is wrong with it. */
export const readFile = async (
  path: string,
  { format, hints }: { format: FormatName | null; hints: Hints },
  ports: ReadPorts,
): Promise<Found> => {
  const { loading, spool } = ports
  const source = createSource(format, hints, ports)
  const place: Place = { read: 0, size: 0 }
  const looking = setInterval(() => loading.reading(place.read, place.size, source.rows()), LOOK_EVERY)
  try {
    const isTable = await isParquet(path)
    if (isTable) await readParquet(path, place, hints.zone, source.write, source.rest)
    const cut = isTable ? null : await readText(path, place, source.write, source.rest)
    clearInterval(looking)
    return source.end(cut)
  } catch (error) {
    spool.close()
    const found = source.format()
    const how = found === null ? 'cannot be imported' : `cannot be read as ${found}`
    throw new Error(`${how}: ${error instanceof Error ? error.message : String(error)}`)
  } finally {
    clearInterval(looking)
    loading.end()
  }
}
