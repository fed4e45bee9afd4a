import { readBods, readCapMetro } from './buses.ts'
import { readCoinbase } from './coinbase.ts'
import { readGpx } from './gpx.ts'
import { readNmea } from './nmea.ts'
import { type Collector, collect, type Recording } from './recording.ts'
import { readTrades } from './trades.ts'

/** Names for what a file does not name itself. */
export type Names = { symbol: string; device: string }

type Format = {
  about: string
  /** Whether a file that begins like this is one. */
  begins: RegExp
  read: (text: string, names: Names, collector: Collector) => void
}

/** The formats that can be replayed, by the name that `--format` takes. */
export const FORMATS = {
  trades: {
    about: 'a JSON array of trades [ms, id, type, side, price, amount, cost] (Binance, by freqtrade or ccxt)',
    begins: /^\s*\[\s*\[/,
    read: (text, { symbol }, collector) => readTrades(text, symbol, collector),
  },
  coinbase: {
    about: 'lines "<seconds>: <JSON>" of Coinbase\'s WebSocket feed',
    begins: /^(wss:\/\/|\d+(\.\d+)?: \{)/,
    read: (text, _, collector) => readCoinbase(text, collector),
  },
  capmetro: {
    about: 'CSV of Capital Metro bus positions (CapMetrics)',
    begins: /^\uFEFF?vehicle_id,timestamp,speed,/,
    read: (text, _, collector) => readCapMetro(text, collector),
  },
  bods: {
    about: 'CSV of UK Bus Open Data positions',
    begins: /^\uFEFF?"?id"?,"?vehicle_id"?,"?trip_id"?,"?timestamp"?,/,
    read: (text, _, collector) => readBods(text, collector),
  },
  gpx: {
    about: 'GPX track',
    begins: /^\uFEFF?\s*(<\?xml[^>]*\?>\s*)?(<!--[\s\S]*?-->\s*)?<gpx/,
    read: (text, { device }, collector) => readGpx(text, device, collector),
  },
  nmea: {
    about: 'NMEA 0183 log of a GPS receiver',
    begins: /^\s*[$!][A-Z]{2}[A-Z]{3},/,
    read: (text, { device }, collector) => readNmea(text, device, collector),
  },
} as const satisfies Record<string, Format>
export type FormatName = keyof typeof FORMATS

export const isFormat = (name: string): name is FormatName => Object.hasOwn(FORMATS, name)

/** The format of a file, by how it begins; null where it is none that is known. */
export const recognise = (text: string): FormatName | null => {
  const start = text.slice(0, 2000)
  return (Object.keys(FORMATS) as FormatName[]).find((name) => FORMATS[name].begins.test(start)) ?? null
}

/** Reads a whole recording; throws where the file as a whole is not of the format. */
export const readRecording = (text: string, format: FormatName, names: Names): Recording =>
  collect(format, (collector) => FORMATS[format].read(text, names, collector))

/** `/x/xrp-eth-trades.json.gz` names the symbol XRP-ETH and the device xrp-eth-trades. */
export const namesOf = (path: string): Names => {
  const base = (path.split(/[\\/]/).at(-1) ?? '').replace(/\.gz$/i, '').replace(/\.[a-z0-9]+$/i, '')
  const device = base.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '')
  return {
    symbol: device
      .toUpperCase()
      .replace(/[-_]TRADES$/, '')
      .replaceAll('_', '-')
      .slice(0, 24),
    device: device.slice(0, 48),
  }
}
