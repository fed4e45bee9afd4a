import type { DeviceDescription } from '../../wire/fleet.ts'
import type { SymbolDescription } from '../../wire/market.ts'
import { isBods, isCapMetro, openBods, openCapMetro } from './buses.ts'
import { describeProduct, isCoinbase, openCoinbase } from './coinbase.ts'
import type { Collector } from './collect.ts'
import { isGpx, openGpx } from './gpx/gpx.ts'
import type { Names } from './names.ts'
import { isNmea, openNmea } from './nmea/nmea.ts'
import type { Opening, Reader } from './reader.ts'
import { isTradeTable, openTradeTable } from './trade-tables.ts'
import { isTrades, openTrades } from './trades.ts'
import type { Zone } from './zone.ts'

/** What a person says of a file that it does not say itself. */
export type Hints = Names & {
  /** The tracks of a file are all of this device. */
  isOneDevice: boolean
  /** Where times without a zone belong; null: nobody said. */
  zone: Zone | null
  /** Midnight of the day on which a log begins that tells no date; NaN: nobody said. */
  date: number
  /** All will be numbered anew. */
  anew: boolean
}

export type Format = {
  about: string
  /** What a file of it holds. */
  holds: string
  /** Whether a file that begins like this is one. */
  recognises: (start: string) => boolean
  /** Throws where the file as a whole is not of the format; so may the reader. */
  open: (opening: Opening, hints: Hints, collector: Collector) => Reader
  /** What is known of every symbol of such a file. */
  describe?: (symbol: string) => Omit<SymbolDescription, 'name'>
  /** What is known of every device of such a file. */
  device?: DeviceDescription
}

/** The formats that can be replayed, by the name that `--format` takes. */
export const FORMATS = {
  trades: {
    about: "a JSON array of trades, or one a line: freqtrade's arrays, ccxt's or Binance's objects",
    holds: 'trades',
    recognises: (start) => isTrades(start) && !isCoinbase(start),
    open: openTrades,
  },
  csv: {
    about: 'CSV of trades, by the names of its columns; of Binance and Kraken without names too',
    holds: 'rows of trades',
    recognises: isTradeTable,
    open: openTradeTable,
  },
  coinbase: {
    about: 'lines "<seconds>: <JSON>" of Coinbase\'s WebSocket feed',
    holds: 'frames',
    recognises: isCoinbase,
    open: (opening, { zone }, collector) => openCoinbase(opening, zone, collector),
    describe: describeProduct,
  },
  capmetro: {
    about: 'CSV of Capital Metro bus positions (CapMetrics)',
    holds: 'rows beneath its first line',
    recognises: isCapMetro,
    open: (opening, { zone }, collector) => openCapMetro(opening, zone, collector),
    device: { category: 'bus' },
  },
  bods: {
    about: 'CSV of UK Bus Open Data positions',
    holds: 'rows beneath its first line',
    recognises: isBods,
    open: (opening, { zone }, collector) => openBods(opening, zone, collector),
    device: { category: 'bus' },
  },
  gpx: {
    about: 'GPX: tracks, else routes or waypoints with times',
    holds: 'points',
    recognises: isGpx,
    open: openGpx,
  },
  nmea: {
    about: 'NMEA 0183 log of a GPS receiver',
    holds: 'sentences',
    recognises: isNmea,
    open: openNmea,
  },
} as const satisfies Record<string, Format>
export type FormatName = keyof typeof FORMATS

export const isFormat = (name: string): name is FormatName => Object.hasOwn(FORMATS, name)

/** How much of a file is looked at to find its format, in letters: a log may begin with a page of comments. */
export const START = 64 * 1024

/** The format of a file, by how it begins; null where it is none that is known. */
export const recognise = (text: string): FormatName | null => {
  const start = text.slice(0, START)
  return (Object.keys(FORMATS) as FormatName[]).find((name) => FORMATS[name].recognises(start)) ?? null
}
