import { describe, expect, it } from 'vitest'
import { HELP } from '../../../simulators/help.ts'
import { type Options, parseOptions } from '../../../simulators/options.ts'

const GIVEN = { redisUrl: undefined, floor: 'http://127.0.0.1:3000' }
const options = (line: string, redisUrl?: string): Options => {
  const parsed = parseOptions(line.split(' ').filter(Boolean), { ...GIVEN, redisUrl }, 503)
  if (parsed.kind !== 'run') throw new Error(JSON.stringify(parsed))
  return parsed.options
}
const mistake = (line: string, redisUrl?: string): string => {
  const parsed = parseOptions(line.split(' ').filter(Boolean), { ...GIVEN, redisUrl }, 503)
  return parsed.kind === 'error' ? parsed.message : `no mistake: ${JSON.stringify(parsed)}`
}

describe('the simulators’ command line', () => {
  it('runs a market of at least 30 symbols and a fleet by default', () => {
    expect(options('')).toEqual({
      redis: 'redis://127.0.0.1:6379',
      buffer: 200_000,
      seed: 1,
      market: { symbols: 60, rate: 300, steady: false, history: 86_400_000 },
      fleet: { devices: 120, interval: 2, floor: null },
      replay: null,
    })
  })

  it('runs one of them where one is named', () => {
    expect(options('--market')).toMatchObject({ fleet: null, market: { symbols: 60 } })
    expect(options('--fleet --devices 20000')).toMatchObject({ market: null, fleet: { devices: 20_000 } })
    expect(options('--market --fleet')).toMatchObject({ market: {}, fleet: {} })
  })

  it('replays instead of them', () => {
    expect(options('--replay f.gz --speed max --format nmea --device T-1 --shift')).toMatchObject({
      market: null,
      fleet: null,
      replay: {
        file: 'f.gz',
        format: 'nmea',
        speed: Number.POSITIVE_INFINITY,
        maxPause: Number.POSITIVE_INFINITY,
        shift: true,
        zone: null,
        date: Number.NaN,
        symbol: null,
        device: 'T-1',
      },
    })
    expect(options('--replay f').replay).toMatchObject({ format: null, speed: 1, shift: false })
  })

  it('knows of a replay what its file may not tell', () => {
    const { replay } = options('--replay f --max-pause 5m --zone +01:00 --date 2024-02-29 --symbol BTC/USD')
    expect(replay).toMatchObject({ maxPause: 300_000, date: Date.UTC(2024, 1, 29), symbol: 'BTC/USD' })
    expect(replay?.zone?.(3_600_000)).toBe(0)
    for (const name of ['btcusdt', '^GSPC', 'EURUSD=X', 'M&M.NS', '0700.HK', 'BRK.B'])
      expect(options(`--replay f --symbol ${name} --device user/${name}`).replay).toMatchObject({
        symbol: name,
        device: `user/${name}`,
      })
  })

  it('has devices connect to a floor', () => {
    expect(options('--fleet --fleet-via socket').fleet).toMatchObject({ floor: 'http://127.0.0.1:3000' })
    expect(options('--fleet-via socket --floor https://floor.example/').fleet).toMatchObject({
      floor: 'https://floor.example',
    })
  })

  it('takes the Redis of the flag, then of the environment', () => {
    expect(options('', 'redis://a:1').redis).toBe('redis://a:1')
    expect(options('--redis rediss://u:p@b:2/3', 'redis://a:1').redis).toBe('rediss://u:p@b:2/3')
    expect(options('', 'redis+cluster://a:1,b:2').redis).toBe('redis+cluster://a:1,b:2')
    expect(options('--redis redis+sentinel://a,b/main').redis).toBe('redis+sentinel://a,b/main')
  })

  it.each([
    ['90m', 5_400_000],
    ['24h', 86_400_000],
    ['30s', 30_000],
    ['2d', 172_800_000],
    ['0', 0],
  ])('reads a history of %s', (text, history) => {
    expect(options(`--history ${text}`).market).toMatchObject({ history })
  })

  it.each([
    ['--rate 20001', '--rate takes a number from 1 to 20000, not "20001"'],
    ['--rate=-1', '--rate takes a number from 1 to 20000, not "-1"'],
    ['--rate 1e3', '--rate takes a number from 1 to 20000, not "1e3"'],
    ['--symbols 504', '--symbols takes a whole number from 1 to 503, not "504"'],
    ['--devices 1.5', '--devices takes a whole number from 1 to 20000, not "1.5"'],
    ['--interval 0', '--interval takes a number from 0.2 to 60, not "0"'],
    ['--history 3d', '--history takes a span of at most two days such as 90m or 24h, or 0, not "3d"'],
    ['--history 5', '--history takes a span of at most two days such as 90m or 24h, or 0, not "5"'],
    ['--replay f --speed fast', '--speed takes a number from 0.001 to 1000000, not "fast"'],
    ['--replay f --format tsv', '--format takes one of trades, csv, coinbase, capmetro, bods, gpx, nmea, not "tsv"'],
    [
      '--replay f --symbol {xrp}',
      '--symbol takes a name like XRP-ETH, of at most 64 bytes and without braces, quotation marks and backslashes, not "{xrp}"',
    ],
    ['--replay f --max-pause 5', '--max-pause takes a span such as 10s or 5m, not "5"'],
    ['--replay f --max-pause 0s', '--max-pause takes a span such as 10s or 5m, not "0s"'],
    ['--replay f --zone Mars', '--zone takes a time zone such as America/Chicago, UTC or +01:00, not "Mars"'],
    ['--replay f --date 2023-02-29', '--date takes a day such as 2024-03-05, not "2023-02-29"'],
    ['--replay f --date 5.3.2024', '--date takes a day such as 2024-03-05, not "5.3.2024"'],
    [
      '--replay f --market',
      '--replay plays a recording instead of the simulators: leave out --market and --fleet, or run it beside them',
    ],
    [
      '--redis localhost',
      'The Redis to publish into (--redis, REDIS_URL) cannot be read: REDIS_URL must look like redis://host:6379, redis+sentinel://… or redis+cluster://…',
    ],
    [
      '--redis redis://a,b',
      'The Redis to publish into (--redis, REDIS_URL) cannot be read: REDIS_URL names several hosts: say redis+sentinel:// or redis+cluster://',
    ],
    ['--fleet-via mqtt', '--fleet-via takes redis or socket, not "mqtt"'],
    ['--floor http://a', '--floor goes with --fleet-via socket'],
    ['--fleet-via socket --floor a:3000', '--floor takes an address such as http://127.0.0.1:3000, not "a:3000"'],
    ['--bogus', "Unknown option '--bogus' (--help lists all options)"],
    ['file.csv', "Unexpected argument 'file.csv' (--help lists all options)"],
  ])('says what is wrong with %s', (line, message) => {
    expect(mistake(line)).toBe(message)
  })

  it('helps, and its help names every flag', () => {
    expect(parseOptions(['--help', '--bogus'], GIVEN, 503).kind).toBe('error')
    expect(parseOptions(['-h'], GIVEN, 503).kind).toBe('help')
    for (const flag of [
      'market',
      'fleet',
      'symbols',
      'rate',
      'steady',
      'history',
      'devices',
      'interval',
      'fleet-via',
      'floor',
      'seed',
      'replay',
    ])
      expect(HELP).toContain(`--${flag}`)
    for (const flag of ['format', 'speed', 'max-pause', 'shift', 'zone', 'date', 'symbol', 'device', 'redis', 'buffer'])
      expect(HELP).toContain(`--${flag}`)
  })
})
