import type { FixRow, Stored, TradeRow } from '../../archive.ts'

/** A value of a table; undefined where there is none. */
export type Cell = string | number | boolean | undefined
/** What a column holds: `time` in Unix milliseconds, `whole` numbers. */
export type Kind = 'text' | 'time' | 'number' | 'whole' | 'flag'
export type Column<Row> = { name: string; kind: Kind; of: (row: Row) => Cell }

/** Candles; the keys of the first and the last trade let an import restore all. */
export const candleColumns = (symbol: string): Column<Stored>[] => [
  { name: 'symbol', kind: 'text', of: () => symbol },
  { name: 'time', kind: 'time', of: ({ candle }) => candle.t },
  { name: 'open', kind: 'number', of: ({ candle }) => candle.open },
  { name: 'high', kind: 'number', of: ({ candle }) => candle.high },
  { name: 'low', kind: 'number', of: ({ candle }) => candle.low },
  { name: 'close', kind: 'number', of: ({ candle }) => candle.close },
  { name: 'volume', kind: 'number', of: ({ candle }) => candle.volume },
  { name: 'count', kind: 'whole', of: ({ candle }) => candle.count },
  { name: 'first_t', kind: 'whole', of: ({ candle }) => candle.first[0] },
  { name: 'first_id', kind: 'whole', of: ({ candle }) => candle.first[1] },
  { name: 'last_t', kind: 'whole', of: ({ candle }) => candle.last[0] },
  { name: 'last_id', kind: 'whole', of: ({ candle }) => candle.last[1] },
]

export const TRADES: Column<TradeRow>[] = [
  { name: 'symbol', kind: 'text', of: ({ symbol }) => symbol },
  { name: 'id', kind: 'whole', of: ({ trade }) => trade.id },
  { name: 'time', kind: 'time', of: ({ trade }) => trade.t },
  { name: 'price', kind: 'number', of: ({ trade }) => trade.price },
  { name: 'size', kind: 'number', of: ({ trade }) => trade.size },
  { name: 'side', kind: 'text', of: ({ trade }) => trade.side },
]

/** Fixes by the names of Bus Open Data, which a replay and an import read; `heard`: when the floor took it. */
export const FIXES: Column<FixRow>[] = [
  { name: 'id', kind: 'whole', of: ({ fix }) => fix.n },
  { name: 'vehicle_id', kind: 'text', of: ({ fix }) => fix.id },
  { name: 'timestamp', kind: 'time', of: ({ fix }) => fix.t },
  { name: 'latitude', kind: 'number', of: ({ fix }) => fix.lat },
  { name: 'longitude', kind: 'number', of: ({ fix }) => fix.lon },
  { name: 'speed', kind: 'number', of: ({ fix }) => fix.speed },
  { name: 'bearing', kind: 'number', of: ({ fix }) => fix.heading },
  { name: 'route_name', kind: 'text', of: ({ fix }) => fix.route },
  { name: 'battery', kind: 'number', of: ({ fix }) => fix.battery },
  { name: 'parked', kind: 'flag', of: ({ fix }) => fix.parked },
  { name: 'doubtful', kind: 'flag', of: ({ fix }) => fix.doubtful },
  { name: 'readings', kind: 'text', of: ({ fix }) => fix.readings && JSON.stringify(fix.readings) },
  { name: 'heard', kind: 'time', of: ({ at }) => at },
]
