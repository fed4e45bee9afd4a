import { hash } from 'node:crypto'
import type { Fix } from '../../wire/fleet.ts'
import type { Quote, Trade } from '../../wire/market.ts'
import type { Item } from './recording.ts'
import type { Source } from './sources.ts'

/**
 * A row that a reader found, as bytes: so it has its place in memory or on disk, and what it costs is known.
 *
 *     0 length (u32)    4 order (f64)     12 row (f64)     20 source (u32)
 *    24 kind (u8)      25 flags (u8)      26 fault (u16)   28 address (u16)   30 count of notes (u8)
 *    31 bytes of the route (u8)           32 bytes of the content (u16)
 *    34 the kind's numbers (f64 each, NaN for none), the key's two where it is a text, notes (u16 each), route, content
 */
const [ORDER, ROW, SOURCE, KIND, FLAGS, FAULT, ADDRESS, NOTES, ROUTE, CONTENT, NUMBERS] = [
  4, 12, 20, 24, 25, 26, 28, 30, 31, 32, 34,
]
/** No record is longer: content and route have their limits, and notes are few. */
export const MOST_RECORD = 1024
const MOST_NOTES = 20

const KINDS = ['trade', 'quote', 'fix'] as const
const COUNTS = [3, 4, 6] as const
const SIDES = { buy: 1, sell: 2 } as const
const NUMBER_KEY = 4
const TEXT_KEY = 8
const TELLS = 16
const VOID = 32

/** The time of what has none: behind all that can be read, and such that there is room for a rank behind the point. */
export const UNDATED = 2 ** 49
/** Of those at the same millisecond the ones with a lower rank come first; there are fewer ranks than this. */
const RANKS = 8
export const orderOf = (t: number, rank: number): number => t + rank / RANKS

/** What is told of a sentence besides its fix: other sentences may tell the same moment. */
export type Telling = { rank: number; address: number; tells: boolean; isVoid: boolean }

/** A row to be written. `key`: rows of one trade or fix share it; null: nothing tells. `fault`, `notes`: words. */
export type Found = {
  order: number
  row: number
  source: Source
  key: number | string | null
  fault: number
  notes: readonly number[]
  content: string
  telling?: Telling
} & (
  | { kind: 'trade'; trade: Trade }
  | { kind: 'quote'; quote: Quote }
  | { kind: 'fix'; fix: Omit<Fix, 'n' | 'id'> & { n?: number } }
)

const numbersOf = (found: Found): (number | null | undefined)[] => {
  if (found.kind === 'trade') return [found.trade.id, found.trade.price, found.trade.size]
  if (found.kind === 'quote') {
    const { bid, bidSize, ask, askSize } = found.quote
    return [bid, bidSize, ask, askSize]
  }
  const { n, lat, lon, speed, heading, battery } = found.fix
  return [n, lat, lon, speed, heading, battery]
}

const flagsOf = (found: Found): number => {
  const { key, telling } = found
  const side = found.kind === 'trade' && found.trade.side ? SIDES[found.trade.side] : 0
  const kept = key === null ? 0 : typeof key === 'number' ? NUMBER_KEY : TEXT_KEY
  return side + kept + (telling?.tells ? TELLS : 0) + (telling?.isVoid ? VOID : 0)
}

/** Writes a row at `at`, where there must be room for the longest; returns where it ends. */
export const writeRecord = (bytes: Buffer, view: DataView, at: number, found: Found): number => {
  const { key, notes, content } = found
  view.setFloat64(at + ORDER, found.order)
  view.setFloat64(at + ROW, found.row)
  view.setUint32(at + SOURCE, found.source.index)
  view.setUint8(at + KIND, KINDS.indexOf(found.kind))
  view.setUint8(at + FLAGS, flagsOf(found))
  view.setUint16(at + FAULT, found.fault)
  view.setUint16(at + ADDRESS, found.telling?.address ?? 0)
  let end = at + NUMBERS
  for (const number of numbersOf(found)) {
    view.setFloat64(end, number ?? Number.NaN)
    end += 8
  }
  if (typeof key === 'string') {
    const digest = hash('sha256', key, 'buffer')
    view.setFloat64(end, digest.readUIntBE(0, 6))
    view.setFloat64(end + 8, digest.readUIntBE(6, 6))
    end += 16
  }
  const told = notes.length > MOST_NOTES ? notes.slice(0, MOST_NOTES) : notes
  view.setUint8(at + NOTES, told.length)
  for (const note of told) {
    view.setUint16(end, note)
    end += 2
  }
  const route = found.kind === 'fix' && found.fix.route ? bytes.write(found.fix.route, end) : 0
  view.setUint8(at + ROUTE, route)
  const length = content === '' ? 0 : bytes.write(content, end + route)
  view.setUint16(at + CONTENT, length)
  end += route + length
  view.setUint32(at, end - at)
  return end
}

/** A record among bytes, whose `at` moves from one to the next. */
export type Record = { bytes: Buffer; view: DataView; at: number }

export const viewOf = (bytes: Buffer): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length)

export const lengthOf = ({ view, at }: Record): number => view.getUint32(at)
export const orderIn = ({ view, at }: Record): number => view.getFloat64(at + ORDER)
export const rowIn = ({ view, at }: Record): number => view.getFloat64(at + ROW)
export const sourceIn = ({ view, at }: Record): number => view.getUint32(at + SOURCE)
export const faultIn = ({ view, at }: Record): number => view.getUint16(at + FAULT)
export const isFix = ({ view, at }: Record): boolean => view.getUint8(at + KIND) === 2
/** The number that a fix has in its file, NaN where it has none, and its place. */
export const fixIn = ({ view, at }: Record): { n: number; lat: number; lon: number } => ({
  n: view.getFloat64(at + NUMBERS),
  lat: view.getFloat64(at + NUMBERS + 8),
  lon: view.getFloat64(at + NUMBERS + 16),
})

/** Null where the row is no sentence of a log. */
export const tellingIn = ({ view, at }: Record): Telling | null => {
  const address = view.getUint16(at + ADDRESS)
  if (address === 0) return null
  const flags = view.getUint8(at + FLAGS)
  const order = view.getFloat64(at + ORDER)
  const rank = (order - Math.floor(order)) * RANKS
  return { rank, address, tells: (flags & TELLS) !== 0, isVoid: (flags & VOID) !== 0 }
}

const endOfNumbers = ({ view, at }: Record): number => {
  const text = view.getUint8(at + FLAGS) & TEXT_KEY ? 2 : 0
  return at + NUMBERS + 8 * ((COUNTS[view.getUint8(at + KIND)] ?? 0) + text)
}

/** The key of a row as two numbers; null where it has none. */
export const keyIn = (record: Record): { high: number; low: number } | null => {
  const { view, at } = record
  const flags = view.getUint8(at + FLAGS)
  if (flags & NUMBER_KEY) return { high: view.getFloat64(at + NUMBERS), low: -1 }
  if (!(flags & TEXT_KEY)) return null
  const end = endOfNumbers(record)
  return { high: view.getFloat64(end - 16), low: view.getFloat64(end - 8) }
}

export const notesIn = (record: Record): number[] => {
  const end = endOfNumbers(record)
  return Array.from({ length: record.view.getUint8(record.at + NOTES) }, (_, i) => record.view.getUint16(end + 2 * i))
}

const textsIn = (record: Record): { route: string; content: string } => {
  const { view, at, bytes } = record
  const start = endOfNumbers(record) + 2 * view.getUint8(at + NOTES)
  const end = start + view.getUint8(at + ROUTE)
  return { route: bytes.toString('utf8', start, end), content: bytes.toString('utf8', end, at + lengthOf(record)) }
}
export const contentIn = (record: Record): string => textsIn(record).content

const without = (number: number): number | null => (Number.isNaN(number) ? null : number)

/** The item of a row. `n`: the number of a fix. */
export const itemIn = (record: Record, name: string, n: number): Item => {
  const { view, at } = record
  const number = (place: number) => view.getFloat64(at + NUMBERS + 8 * place)
  const [t, row, kind] = [Math.floor(orderIn(record)), rowIn(record), KINDS[view.getUint8(at + KIND)]]
  if (kind === 'trade') {
    const trade: Trade = { id: number(0), t, price: number(1), size: number(2) }
    const side = view.getUint8(at + FLAGS) & 3
    if (side !== 0) trade.side = side === SIDES.buy ? 'buy' : 'sell'
    return { kind, t, row, symbol: name, trade }
  }
  if (kind === 'quote') {
    const quote = { t, bid: without(number(0)), bidSize: number(1), ask: without(number(2)), askSize: number(3) }
    return { kind, t, row, symbol: name, quote }
  }
  const fix: Fix = { id: name, t, lat: number(1), lon: number(2), n }
  for (const [place, field] of (['speed', 'heading', 'battery'] as const).entries())
    if (!Number.isNaN(number(3 + place))) fix[field] = number(3 + place)
  if (view.getUint8(at + ROUTE) > 0) fix.route = textsIn(record).route
  return { kind: 'fix', t, row, fix }
}
