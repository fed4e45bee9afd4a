import { open, stat } from 'node:fs/promises'
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import {
  type AsyncBuffer,
  asyncBufferFromFile,
  type Compressors,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  type SchemaElement,
} from 'hyparquet'
import type { Place } from '../../../simulators/replay/file.ts'
import { TRADE_COLUMNS } from '../../../simulators/replay/trade-tables.ts'
import type { Zone } from '../../../simulators/replay/zone.ts'
import { CANDLE_COLUMNS } from './candle-tables.ts'

const COMPRESSORS: Compressors = {
  GZIP: (input, maxOutputLength) => gunzipSync(input, { maxOutputLength: Math.max(1, maxOutputLength) }),
  ZSTD: (input, maxOutputLength) => zstdDecompressSync(input, { maxOutputLength: Math.max(1, maxOutputLength) }),
  BROTLI: (input, maxOutputLength) => brotliDecompressSync(input, { maxOutputLength: Math.max(1, maxOutputLength) }),
}

/** A group of rows is in memory at once: a larger one is refused (bytes, unpacked). */
const MOST_GROUP = 256 * 2 ** 20
/** Rows that are written as text at once. */
const AT_ONCE = 2000

const KNOWN = new Set<string>([...Object.values(TRADE_COLUMNS), ...Object.values(CANDLE_COLUMNS)].flat())

/** Whether a file is Parquet: what comes by a pipe is not. */
export const isParquet = async (path: string): Promise<boolean> => {
  const kind = await stat(path).catch(() => null)
  if (!kind?.isFile()) return false
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0)
    return bytesRead === 4 && buffer.toString('latin1') === 'PAR1'
  } finally {
    await file.close()
  }
}

/** Columns of trades or candles, which stand at the top of the schema. */
const columnsOf = ({ schema }: FileMetaData): SchemaElement[] =>
  schema.filter(({ name, type }) => type !== undefined && KNOWN.has(name.toLowerCase()))

/** Times of a clock that nobody named are of UTC, unless a person named its zone: then they are given without one. */
const isLocal = ({ logical_type: logical }: SchemaElement, zone: Zone | null): boolean =>
  zone !== null && logical?.type === 'TIMESTAMP' && !logical.isAdjustedToUTC

const textOf = (value: unknown, isLocalTime: boolean): string => {
  if (value === null || value === undefined) return ''
  if (value instanceof Date) return isLocalTime ? value.toISOString().slice(0, -1) : String(value.getTime())
  return typeof value === 'string' ? `"${value.replaceAll('"', '""')}"` : String(value)
}

/** Throws what a person should know of a file that cannot be read. */
const checkGroups = ({ row_groups: groups }: FileMetaData): void => {
  const largest = Math.max(0, ...groups.map(({ total_byte_size: size }) => Number(size)))
  if (largest > MOST_GROUP)
    throw new Error(
      `a group of its rows takes ${Math.ceil(largest / 2 ** 20)} MB, and ${MOST_GROUP / 2 ** 20} at the most are read at once: write it with smaller row groups`,
    )
}

/**
 * Reads a Parquet file group by group as a table in CSV, of the columns that trades and candles have. After each piece
 * it waits for `rest`.
 */
export const readParquet = async (
  path: string,
  place: Place,
  zone: Zone | null,
  take: (text: string) => void,
  rest: () => Promise<void> | void,
): Promise<void> => {
  const file: AsyncBuffer = await asyncBufferFromFile(path)
  const metadata = await parquetMetadataAsync(file)
  const columns = columnsOf(metadata)
  if (columns.length === 0) throw new Error('it has no columns of trades or candles')
  checkGroups(metadata)
  place.size = file.byteLength
  const names = columns.map(({ name }) => name)
  take(`${names.map((name) => name.toLowerCase()).join(',')}\n`)
  let rowStart = 0
  for (const { num_rows: count, total_compressed_size: packed } of metadata.row_groups) {
    const rowEnd = rowStart + Number(count)
    const rows = await parquetReadObjects({
      file,
      metadata,
      columns: names,
      rowStart,
      rowEnd,
      compressors: COMPRESSORS,
    })
    for (let from = 0; from < rows.length; from += AT_ONCE) {
      const some = rows.slice(from, from + AT_ONCE)
      take(some.map((row) => `${columns.map((of) => textOf(row[of.name], isLocal(of, zone))).join(',')}\n`).join(''))
      await rest()
    }
    place.read = Math.min(place.size, place.read + Number(packed ?? 0n))
    rowStart = rowEnd
  }
}
