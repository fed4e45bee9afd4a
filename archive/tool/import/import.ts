import { setImmediate as turn } from 'node:timers/promises'
import type { Hints } from '../../../simulators/replay/formats.ts'
import { createLoading } from '../../../simulators/replay/loading.ts'
import { namesOf } from '../../../simulators/replay/names.ts'
import { createProgress, type Terminal } from '../../../simulators/replay/progress.ts'
import { type Recording, type Tallies, totalOf } from '../../../simulators/replay/recording.ts'
import { emptyLine, fileLines } from '../../../simulators/replay/run.ts'
import type { Spool } from '../../../simulators/replay/spool.ts'
import { type Candle, MINUTE } from '../../../wire/market.ts'
import type { Archive } from '../../archive.ts'
import type { ImportOrder } from '../order.ts'
import { type Batches, createBatches } from './batches.ts'
import { createMinutes, createTradeNumbers, joinParts } from './minutes.ts'
import { readFile } from './read.ts'

export type ImportPorts = {
  archive: Pick<Archive, 'write' | 'minutes' | 'devices'>
  spool: () => Spool
  terminal: Terminal
  say: (line: string) => void
  complain: (line: string) => void
  /** Where a file is that a person named. */
  at: (path: string) => string
  signal: AbortSignal
}

type One = { order: ImportOrder; batches: Batches; ports: ImportPorts }

/** So many rows of a recording are gone through before others have a turn. */
const A_TURN = 5000

/** Binance names its files by what is in them: `BTCUSDT-1m-2024-01.csv`. */
const symbolOf = (symbol: string): string =>
  symbol.replace(/-(1M|TRADES|AGGTRADES)(-\d{4}(-\d\d){1,2})?$/, '') || symbol

const hintsOf = (path: string, { symbol, device, zone, date }: ImportOrder): Hints => {
  const names = namesOf(path)
  return {
    symbol: symbol ?? symbolOf(names.symbol),
    device: device ?? names.device,
    isOneDevice: device !== null,
    zone,
    date,
    // Trades without a number get one here.
    anew: true,
  }
}

/** The minutes of which a file may hold a part only are joined with what the archive has of them. */
const joinEdges = async (edges: readonly { symbol: string; candle: Candle }[], { batches, ports }: One) => {
  for (const { symbol, candle } of edges) {
    const [known] = await ports.archive.minutes([symbol], candle.t, candle.t + MINUTE, 1)
    batches.minute(symbol, joinParts(known?.candle, candle))
    if (batches.isFull()) await batches.flush()
  }
}

/** Writes a recording, in order of time, as far as nobody interrupts it. */
const writeRecording = async (recording: Recording, one: One): Promise<void> => {
  const { order, batches, ports } = one
  const progress = createProgress(recording.total, ports.terminal)
  const edges: { symbol: string; candle: Candle }[] = []
  const minutes = createMinutes((symbol, candle, isEdge) => {
    if (isEdge) edges.push({ symbol, candle })
    else batches.minute(symbol, candle)
  })
  const numbered = createTradeNumbers()
  let done = 0
  for (const item of recording.items) {
    if (item.kind === 'fix') batches.fix(item.fix)
    if (item.kind === 'trade') {
      const trade = numbered(item.symbol, item.trade)
      minutes.add(item.symbol, trade)
      if (order.trades) batches.trade(item.symbol, trade)
    }
    done++
    if (batches.isFull()) await batches.flush()
    if (done % A_TURN !== 0) continue
    progress.show(done, item.t, 0)
    await turn()
    if (ports.signal.aborted) break
  }
  // A minute that was interrupted is a part, too: whatever is missing of it comes with the next try.
  minutes.end()
  await joinEdges(edges, one)
  await batches.flush()
  progress.end()
}

/** Rows that were not taken, in all. */
type Left = { leftOut: number; unneeded: number }
const leftOf = ({ skips, unneeded }: Tallies): Left => ({ leftOut: totalOf(skips), unneeded: totalOf(unneeded) })

const quotesOf = (recording: Recording): number => {
  let quotes = 0
  for (const { kind } of recording.items) if (kind === 'quote') quotes++
  return quotes
}

/** Imports one file. Returns what was left of it; throws what is wrong with it as a whole. */
const importFile = async (path: string, one: One): Promise<Left> => {
  const { order, batches, ports } = one
  const spool = ports.spool()
  const loading = createLoading(ports.terminal)
  const rest = async (): Promise<void> => {
    if (ports.signal.aborted) throw new Error('it was interrupted')
    if (batches.isFull()) await batches.flush()
  }
  try {
    const wanted = { format: order.format, hints: hintsOf(path, order) }
    const found = await readFile(ports.at(path), wanted, { spool, loading, candle: batches.minute, rest })
    if (found.kind === 'candles') {
      await batches.flush()
      ports.say(`${path}: ${found.count.toLocaleString('en')} candles of minutes.`)
      for (const line of fileLines(found.tallies)) ports.say(line)
      return leftOf(found.tallies)
    }
    const { recording } = found
    const [total, rows] = [recording.total.toLocaleString('en'), recording.rows.toLocaleString('en')]
    if (recording.total === 0) ports.say(emptyLine({ file: path }, recording))
    else ports.say(`${path} (${recording.format}): ${total} of ${rows} rows.`)
    await writeRecording(recording, one)
    for (const line of fileLines(recording)) ports.say(line)
    const { leftOut, unneeded } = leftOf(recording)
    return { leftOut, unneeded: unneeded + (recording.symbols.length > 0 ? quotesOf(recording) : 0) }
  } finally {
    spool.close()
  }
}

/** Imports files one after the other; false where nothing was written, or one of them could not be read. */
export const importFiles = async (order: ImportOrder, ports: ImportPorts): Promise<boolean> => {
  const known = new Set((await ports.archive.devices()).map(({ id }) => id))
  const batches = createBatches(ports.archive, known)
  const all: Left = { leftOut: 0, unneeded: 0 }
  let isRight = true
  for (const path of order.files) {
    if (ports.signal.aborted) break
    try {
      const left = await importFile(path, { order, batches, ports })
      all.leftOut += left.leftOut
      all.unneeded += left.unneeded
    } catch (error) {
      isRight = false
      ports.complain(`${path} ${(error as Error).message}`)
    }
  }
  ports.say(importedLine(batches.written(), all, ports.signal.aborted))
  const { minutes, fixes } = batches.written()
  return isRight && !ports.signal.aborted && minutes + fixes > 0
}

/** The last line, which programs read: rows that were written, those that were there already too. */
const importedLine = (
  { minutes, trades, fixes }: ReturnType<Batches['written']>,
  { leftOut, unneeded }: Left,
  interrupted: boolean,
): string => {
  const more = `${unneeded > 0 ? `, not needed ${unneeded}` : ''}${interrupted ? ', interrupted' : ''}`
  return `Minutes ${minutes}, trades ${trades}, fixes ${fixes}, left out ${leftOut}${more}.`
}
