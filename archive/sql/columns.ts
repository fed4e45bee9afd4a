import type { Table } from './schema.ts'

/** `number`: of an id, 1 and up. `count`: fits 31 bits. `integer`: 53 bits. */
export type ColumnType = 'count' | 'integer' | 'real' | 'text'
export type Column = { name: string; type: ColumnType; optional?: true }

const column = (text: string): Column => {
  const [name = '', type = 'integer'] = text.split(' ')
  const optional = type.endsWith('?')
  return { name, type: type.replace('?', '') as ColumnType, ...(optional && { optional }) }
}
const columns = (text: string): Column[] => text.split(', ').map(column)

const CANDLE =
  'symbol count, t count, scale count?, open real, high real, low real, close real, volume real, count integer, ' +
  'first_t integer, first_id integer, last_t integer, last_id integer'
const FIX =
  'device count, t integer, n integer, at integer, lat real, lon real, speed real?, heading real?, battery real?, ' +
  'route text?, flags count, readings text?, tile count'

/** Columns of each table in order, but for `names`, whose ids the database gives. See schema.ts. */
export const COLUMNS = {
  minutes: columns(`${CANDLE}, changed integer?`),
  hours: columns(`${CANDLE}, changed integer?`),
  days: columns(`${CANDLE}, changed integer?`),
  seen: columns(`span count, ${CANDLE}`),
  trades: columns('symbol count, t integer, id integer, scale count?, price real, size real, side count?, at integer'),
  fixes: columns(FIX),
  stays: columns('tile count, slice count, device count'),
  slices: columns('slice count, market count, fleet count'),
  events: columns('device count, id text, at integer, kind text, body text'),
  messages: columns('room text, t integer, n integer, changed integer, body text'),
  record: columns('t integer, n integer, body text'),
  devices: columns('device count, name text, place text'),
  gaps: columns('topic text, from_t integer, to_t integer, why text'),
  marks: columns('topic text, epoch text, seq integer, at integer'),
  began: columns('topic text, t integer'),
  moments: columns('name text, t integer'),
} as const satisfies Record<Exclude<Table, 'names'>, Column[]>
export type WithColumns = keyof typeof COLUMNS

/** What a row is known by. */
export const KEYS: Record<WithColumns, readonly string[]> = {
  minutes: ['symbol', 't'],
  hours: ['symbol', 't'],
  days: ['symbol', 't'],
  seen: ['span', 'symbol', 't'],
  trades: ['symbol', 't', 'id'],
  fixes: ['device', 't', 'n'],
  stays: ['tile', 'slice', 'device'],
  slices: ['slice'],
  events: ['device', 'id'],
  messages: ['room', 't', 'n'],
  record: ['t', 'n'],
  devices: ['device'],
  gaps: ['topic', 'from_t', 'to_t'],
  marks: ['topic'],
  began: ['topic'],
  moments: ['name'],
}
