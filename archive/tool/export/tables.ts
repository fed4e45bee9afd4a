import { ByteWriter, parquetWriteRows } from 'hyparquet-writer'
import type { Cell, Column, Kind } from './columns.ts'

/** Where an export goes, piece by piece; resolves once there is room for more. */
export type Sink = (piece: string | Uint8Array) => Promise<void>
type Pages<Row> = AsyncIterable<Row[]>

const cellOf = (value: Cell, kind: Kind): string => {
  if (value === undefined) return ''
  const text = kind === 'time' ? new Date(Number(value)).toISOString() : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

export const writeCsv = async <Row>(pages: Pages<Row>, columns: readonly Column<Row>[], put: Sink): Promise<void> => {
  await put(`${columns.map(({ name }) => name).join(',')}\n`)
  for await (const rows of pages)
    await put(rows.map((row) => `${columns.map(({ of, kind }) => cellOf(of(row), kind)).join(',')}\n`).join(''))
}

/** Rows that are in memory at once. */
const GROUP = 50_000
const TYPES = { text: 'STRING', time: 'TIMESTAMP', number: 'DOUBLE', whole: 'INT64', flag: 'BOOLEAN' } as const

const stored = (value: Cell, kind: Kind): unknown =>
  typeof value === 'number' && (kind === 'whole' || kind === 'time') ? BigInt(value) : value

async function* objectsOf<Row>(pages: Pages<Row>, columns: readonly Column<Row>[]) {
  for await (const rows of pages)
    for (const row of rows) yield Object.fromEntries(columns.map(({ name, kind, of }) => [name, stored(of(row), kind)]))
}

/** Bytes that are made are put where they go after each group of rows. */
const createWriter = (put: Sink) => {
  const bytes = new ByteWriter()
  const flush = (): Promise<void> => {
    const piece = bytes.getBytes().slice()
    bytes.index = 0
    return put(piece)
  }
  return Object.assign(bytes, { flush, finish: flush })
}

export const writeParquet = async <Row>(
  pages: Pages<Row>,
  columns: readonly Column<Row>[],
  put: Sink,
): Promise<void> => {
  await parquetWriteRows({
    writer: createWriter(put),
    rows: objectsOf(pages, columns),
    columns: columns.map(({ name, kind }) => ({ name, type: TYPES[kind] })),
    rowGroupSize: GROUP,
    createdBy: 'watchfloor',
  })
}
