import type { Archive } from '../../archive.ts'
import type { ExportOrder } from '../order.ts'
import { type Column, candleColumns, FIXES, TRADES } from './columns.ts'
import { candlePages, trackPages, tradePages } from './pages.ts'
import { type Sink, writeCsv, writeParquet } from './tables.ts'
import { writeGeoJson, writeGpx } from './tracks.ts'

export type ExportPorts = {
  archive: Pick<Archive, 'candles' | 'trades' | 'track'>
  /** Opens where the export goes; `end` with false takes away what was begun. */
  open: (file: string | null) => Promise<{ put: Sink; end: (isWhole: boolean) => Promise<void> }>
  say: (line: string) => void
  signal: AbortSignal
}

/** Counts rows as they go by, and ends where somebody interrupts. */
async function* counted<Row>(pages: AsyncIterable<Row[]>, count: (rows: number) => void, signal: AbortSignal) {
  for await (const rows of pages) {
    if (signal.aborted) throw new Error('It was interrupted.')
    count(rows.length)
    yield rows
  }
}

const writeTable = <Row>(
  pages: AsyncIterable<Row[]>,
  columns: readonly Column<Row>[],
  format: ExportOrder['format'],
  put: Sink,
): Promise<void> => (format === 'parquet' ? writeParquet(pages, columns, put) : writeCsv(pages, columns, put))

/** Writes what is wanted, page by page; returns how many rows there were. */
const writeAll = async (order: ExportOrder, { archive, signal }: ExportPorts, put: Sink): Promise<number> => {
  const { what, name, format } = order
  let rows = 0
  const count = (more: number): void => {
    rows += more
  }
  if (what === 'candles')
    await writeTable(counted(candlePages(archive, order), count, signal), candleColumns(name), format, put)
  else if (what === 'trades') await writeTable(counted(tradePages(archive, order), count, signal), TRADES, format, put)
  else if (format === 'gpx') await writeGpx(name, () => counted(trackPages(archive, order), count, signal), put)
  else if (format === 'geojson') {
    // The second time around they are the same ones.
    const read = () => {
      rows = 0
      return counted(trackPages(archive, order), count, signal)
    }
    await writeGeoJson(name, read, put)
  } else await writeTable(counted(trackPages(archive, order), count, signal), FIXES, format, put)
  return rows
}

const WORDS = { candles: 'candles', trades: 'trades', track: 'fixes' } as const

/** Exports what is wanted; false where there is nothing of it. */
export const exportHistory = async (order: ExportOrder, ports: ExportPorts): Promise<boolean> => {
  const output = await ports.open(order.file)
  let rows = 0
  try {
    rows = await writeAll(order, ports, output.put)
  } finally {
    await output.end(rows > 0)
  }
  const words = WORDS[order.what]
  if (rows > 0) ports.say(`${rows.toLocaleString('en')} ${words} of ${order.name}.`)
  else ports.say(`There are no ${words} of ${order.name} then: names are written as the floor shows them.`)
  return rows > 0
}
