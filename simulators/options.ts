import { parseArgs } from 'node:util'
import { parseRedisAddress } from '../redis/address.ts'
import { Mistake, nameFlag, numberFlag, spanOf } from './flags.ts'
import { dateFlag, formatFlag, zoneFlag } from './replay/flags.ts'
import type { FormatName } from './replay/formats.ts'
import type { Zone } from './replay/zone.ts'

/** `history` in milliseconds. */
export type MarketOptions = { symbols: number; rate: number; steady: boolean; history: number }
/** `interval` in seconds. `floor`: the address of the floor that devices connect to; null: they go into Redis. */
export type FleetOptions = { devices: number; interval: number; floor: string | null }
/**
 * `speed`: recorded seconds a second, or Infinity. `maxPause`: milliseconds of the recording, or Infinity. `date`:
 * midnight of a day, or NaN.
 */
export type ReplayOptions = {
  file: string
  format: FormatName | null
  speed: number
  maxPause: number
  shift: boolean
  zone: Zone | null
  date: number
  symbol: string | null
  device: string | null
}
export type Options = {
  redis: string
  buffer: number
  seed: number
  market: MarketOptions | null
  fleet: FleetOptions | null
  replay: ReplayOptions | null
}
export type Parsed = { kind: 'run'; options: Options } | { kind: 'help' } | { kind: 'error'; message: string }

/** What the environment says: its Redis, and the address of a floor that runs here. */
export type Given = { redisUrl: string | undefined; floor: string }

const FLAGS = {
  help: { type: 'boolean', short: 'h' },
  market: { type: 'boolean' },
  fleet: { type: 'boolean' },
  symbols: { type: 'string', default: '60' },
  rate: { type: 'string', default: '300' },
  steady: { type: 'boolean', default: false },
  history: { type: 'string', default: '24h' },
  devices: { type: 'string', default: '120' },
  interval: { type: 'string', default: '2' },
  'fleet-via': { type: 'string', default: 'redis' },
  floor: { type: 'string' },
  seed: { type: 'string', default: '1' },
  replay: { type: 'string' },
  format: { type: 'string' },
  speed: { type: 'string', default: '1' },
  'max-pause': { type: 'string' },
  shift: { type: 'boolean', default: false },
  zone: { type: 'string' },
  date: { type: 'string' },
  symbol: { type: 'string' },
  device: { type: 'string' },
  redis: { type: 'string' },
  buffer: { type: 'string', default: '200000' },
} as const

/** Two days of minute candles are kept: more history would be made only to be dropped. */
const LONGEST_HISTORY = 48 * 3_600_000

const historyFlag = (text: string): number => {
  const span = text === '0' ? 0 : spanOf(text)
  if (span <= LONGEST_HISTORY) return span
  throw new Mistake(`--history takes a span of at most two days such as 90m or 24h, or 0, not "${text}"`)
}

const speedFlag = (text: string): number =>
  text === 'max' ? Number.POSITIVE_INFINITY : numberFlag('speed', text, { least: 0.001, most: 1_000_000 })

const pauseFlag = (text: string | undefined): number => {
  const span = text === undefined ? Number.POSITIVE_INFINITY : spanOf(text)
  if (span > 0) return span
  throw new Mistake(`--max-pause takes a span such as 10s or 5m, not "${text}"`)
}

const urlFlag = (text: string): string => {
  try {
    parseRedisAddress(text)
    return text
  } catch (error) {
    throw new Mistake(`The Redis to publish into (--redis, REDIS_URL) cannot be read: ${(error as Error).message}`)
  }
}

/** Where devices connect to; null where they are published into Redis. */
const floorFlag = (via: string, text: string | undefined, usual: string): string | null => {
  if (via !== 'redis' && via !== 'socket') throw new Mistake(`--fleet-via takes redis or socket, not "${via}"`)
  if (via === 'redis' && text !== undefined) throw new Mistake('--floor goes with --fleet-via socket')
  const floor = text ?? usual
  if (!URL.canParse(floor) || !/^https?:$/.test(new URL(floor).protocol))
    throw new Mistake(`--floor takes an address such as http://127.0.0.1:3000, not "${floor}"`)
  return via === 'socket' ? new URL(floor).origin : null
}

type Values = ReturnType<typeof parse>['values']
const parse = (args: readonly string[]) => parseArgs({ args: [...args], options: FLAGS, strict: true })

const replayOf = (values: Values): ReplayOptions | null => {
  if (values.replay === undefined) return null
  if (values.market || values.fleet)
    throw new Mistake(
      '--replay plays a recording instead of the simulators: leave out --market and --fleet, or run it beside them',
    )
  return {
    file: values.replay,
    format: formatFlag(values.format),
    speed: speedFlag(values.speed),
    maxPause: pauseFlag(values['max-pause']),
    shift: values.shift,
    zone: zoneFlag(values.zone),
    date: dateFlag(values.date),
    symbol: nameFlag('symbol', values.symbol, 'XRP-ETH'),
    device: nameFlag('device', values.device, 'BUS-0001'),
  }
}

const optionsOf = (values: Values, { redisUrl, floor }: Given, listed: number): Options => {
  const replay = replayOf(values)
  const both = !values.market && !values.fleet
  const market = {
    symbols: numberFlag('symbols', values.symbols, { least: 1, most: listed, whole: true }),
    rate: numberFlag('rate', values.rate, { least: 1, most: 20_000 }),
    steady: values.steady,
    history: historyFlag(values.history),
  }
  const fleet = {
    devices: numberFlag('devices', values.devices, { least: 1, most: 20_000, whole: true }),
    interval: numberFlag('interval', values.interval, { least: 0.2, most: 60 }),
    floor: floorFlag(values['fleet-via'], values.floor, floor),
  }
  return {
    redis: urlFlag(values.redis ?? redisUrl ?? 'redis://127.0.0.1:6379'),
    buffer: numberFlag('buffer', values.buffer, { least: 100, most: 10_000_000, whole: true }),
    seed: numberFlag('seed', values.seed, { least: 0, most: 4_294_967_295, whole: true }),
    market: replay === null && (both || values.market) ? market : null,
    fleet: replay === null && (both || values.fleet) ? fleet : null,
    replay,
  }
}

/** Reads the command line; `listed` is how many symbols there are. */
export const parseOptions = (args: readonly string[], given: Given, listed: number): Parsed => {
  try {
    const { values } = parse(args)
    return values.help ? { kind: 'help' } : { kind: 'run', options: optionsOf(values, given, listed) }
  } catch (error) {
    if (error instanceof Mistake) return { kind: 'error', message: error.message }
    const { code = '', message } = error as NodeJS.ErrnoException
    if (!code.startsWith('ERR_PARSE_ARGS')) throw error
    return { kind: 'error', message: `${message.split('. ')[0]} (--help lists all options)` }
  }
}
