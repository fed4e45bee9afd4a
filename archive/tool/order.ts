import { parseArgs } from 'node:util'
import { Mistake, nameFlag } from '../../simulators/flags.ts'
import { dateFlag, formatFlag, zoneFlag } from '../../simulators/replay/flags.ts'
import type { FormatName } from '../../simulators/replay/formats.ts'
import { readTime } from '../../simulators/replay/times.ts'
import { UTC, type Zone } from '../../simulators/replay/zone.ts'
import { INTERVALS, type Interval } from '../../wire/market.ts'
import { isName } from '../../wire/topics.ts'

/** `date`: midnight of a day, or NaN. `trades`: they are kept themselves, besides their minutes. */
export type ImportOrder = {
  kind: 'import'
  files: string[]
  format: FormatName | null
  symbol: string | null
  device: string | null
  zone: Zone | null
  date: number
  trades: boolean
}

/** What each kind of history can be written as. */
export const EXPORTS = {
  candles: ['csv', 'parquet'],
  trades: ['csv', 'parquet'],
  track: ['csv', 'parquet', 'gpx', 'geojson'],
} as const
export type ExportKind = keyof typeof EXPORTS
export type ExportFormat = (typeof EXPORTS)[ExportKind][number]

/** From `from` on, and before `to` (Unix ms). `file` null: to standard output. */
export type ExportOrder = {
  kind: 'export'
  what: ExportKind
  name: string
  from: number
  to: number
  interval: Interval
  format: ExportFormat
  file: string | null
}

export type Order =
  | ImportOrder
  | ExportOrder
  | { kind: 'verify' }
  | { kind: 'size' }
  | { kind: 'help' }
  | { kind: 'move'; from: string; to: string }
  | { kind: 'mistake'; message: string }

const HELP_FLAG = { help: { type: 'boolean', short: 'h' } } as const
const FLAGS = {
  import: {
    ...HELP_FLAG,
    format: { type: 'string' },
    symbol: { type: 'string' },
    device: { type: 'string' },
    zone: { type: 'string' },
    date: { type: 'string' },
    trades: { type: 'boolean', default: false },
  },
  export: {
    ...HELP_FLAG,
    from: { type: 'string' },
    to: { type: 'string' },
    interval: { type: 'string', default: '1m' },
    format: { type: 'string', default: 'csv' },
    output: { type: 'string', short: 'o' },
  },
} as const

/** A later moment than any that can be stored. */
const FOREVER = 8_640_000_000_000_000

const timeFlag = (flag: string, text: string | undefined, otherwise: number): number => {
  if (text === undefined) return otherwise
  const time = readTime(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text, UTC)
  if (typeof time === 'number' && time > 0) return time
  throw new Mistake(`--${flag} takes a day or a time (UTC) such as 2026-11-30 or 2026-11-30T08:15:00Z, not "${text}"`)
}

const isOneOf = <T extends string>(text: string, all: readonly T[]): text is T =>
  (all as readonly string[]).includes(text)

const readImport = (args: readonly string[]): Order => {
  const { values, positionals } = parseArgs({ args: [...args], options: FLAGS.import, allowPositionals: true })
  if (values.help) return { kind: 'help' }
  if (positionals.length === 0) throw new Mistake('import takes the files to import')
  return {
    kind: 'import',
    files: positionals,
    format: formatFlag(values.format),
    symbol: nameFlag('symbol', values.symbol, 'XRP-ETH'),
    device: nameFlag('device', values.device, 'BUS-0001'),
    zone: zoneFlag(values.zone),
    date: dateFlag(values.date),
    trades: values.trades,
  }
}

const readExport = (args: readonly string[]): Order => {
  const { values, positionals } = parseArgs({ args: [...args], options: FLAGS.export, allowPositionals: true })
  if (values.help) return { kind: 'help' }
  const [what = '', name = '', ...more] = positionals
  if (!isOneOf(what, Object.keys(EXPORTS) as ExportKind[]) || !isName(name) || more.length > 0)
    throw new Mistake('export takes what and of which: candles SYMBOL, trades SYMBOL or track DEVICE')
  const { format, interval } = values
  if (!isOneOf<ExportFormat>(format, EXPORTS[what]))
    throw new Mistake(`--format takes one of ${EXPORTS[what].join(', ')} for ${what}, not "${format}"`)
  if (!isOneOf(interval, Object.keys(INTERVALS) as Interval[]))
    throw new Mistake(`--interval takes one of ${Object.keys(INTERVALS).join(', ')}, not "${interval}"`)
  const [from, to] = [timeFlag('from', values.from, 0), timeFlag('to', values.to, FOREVER)]
  if (from >= to) throw new Mistake('--from must be before --to')
  return { kind: 'export', what, name, from, to, interval, format, file: values.output ?? null }
}

const readPlain = (verb: 'verify' | 'size' | 'move', args: readonly string[]): Order => {
  const { values, positionals } = parseArgs({ args: [...args], options: HELP_FLAG, allowPositionals: true })
  if (values.help) return { kind: 'help' }
  const [from, to, ...more] = positionals
  if (verb !== 'move') {
    if (from !== undefined) throw new Mistake(`${verb} takes nothing besides: not "${from}"`)
    return verb === 'size' ? { kind: 'size' } : { kind: 'verify' }
  }
  if (from === undefined || to === undefined || more.length > 0)
    throw new Mistake('move takes two archives, such as sqlite:.data/archive.db postgres://watchfloor@db.example/floor')
  return { kind: 'move', from, to }
}

const orderOf = (verb: string, args: readonly string[]): Order => {
  if (verb === 'import') return readImport(args)
  if (verb === 'export') return readExport(args)
  if (verb === 'verify' || verb === 'size' || verb === 'move') return readPlain(verb, args)
  if (verb === '' || verb === 'help' || verb === '--help' || verb === '-h') return { kind: 'help' }
  throw new Mistake(`"${verb}" is none of import, export, verify, move and size`)
}

/** What the arguments ask for. */
export const readOrder = ([verb = '', ...args]: readonly string[]): Order => {
  try {
    return orderOf(verb, args)
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException
    if (!(error instanceof Mistake) && !code.startsWith('ERR_PARSE_ARGS')) throw error
    return { kind: 'mistake', message: `${message.split('. ')[0]} (npm run archive -- --help)` }
  }
}
