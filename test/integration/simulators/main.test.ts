import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withoutPasswords } from '../../../redis/address.ts'
import type { DeviceUpdate, Fix } from '../../../wire/fleet.ts'
import type { Trade } from '../../../wire/market.ts'
import { CASES, RECORDINGS } from '../../support/data.ts'
import { inherited, ROOT } from '../../support/environment.ts'
import { eventually } from '../../support/eventually.ts'
import { startRedis, type TestRedis } from '../../support/redis.ts'
import { installEverywhere } from '../../support/redis-everywhere.ts'

let server: TestRedis

beforeAll(async () => {
  server = await startRedis()
  await installEverywhere(server.client())
})
afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true })
})
const folder = mkdtempSync(join(tmpdir(), 'watchfloor-replay-'))

/** `npm run simulate -- ...args` as a process of its own. */
const simulate = (...args: string[]) => {
  const child = spawn(process.execPath, ['simulators/main.ts', ...args], {
    cwd: ROOT,
    env: { ...inherited(), REDIS_URL: server.url },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.err += text
  })
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  return { output, ended, stop: (signal: NodeJS.Signals) => child.kill(signal) }
}

const lastLineOf = (output: string): string | undefined => output.trimEnd().split('\n').at(-1)

/** How a replay ended, and the last line that it wrote. */
const replayed = async (...args: string[]) => {
  const { ended, output } = simulate(...args)
  const code = await ended
  expect(output.err).toBe('')
  return { code, out: output.out, last: lastLineOf(output.out) }
}

const last = async <Item extends Trade | Fix>(key: string): Promise<Item> =>
  JSON.parse((await server.client().hget(key, 'last')) ?? 'null') as Item

describe('the simulators as a program', () => {
  it('run a market with a past and a fleet until they are stopped, and go on from the last prices', async () => {
    const first = simulate(
      '--symbols',
      '30',
      '--rate',
      '200',
      '--devices',
      '20',
      '--interval',
      '0.5',
      '--history',
      '30m',
    )
    const live = await eventually('AAPL trades live', async () => {
      const trade = await last<Trade>('wf:{s:AAPL}')
      return trade !== null && Date.now() - trade.t < 1000 ? trade : null
    })
    await eventually('a bus reports', () => last('wf:{d:BUS-0020}'))
    expect(await server.client().hlen('wf:{symbols}')).toBe(30)
    expect(JSON.parse((await server.client().hget('wf:{s:KO}', 'description')) ?? '{}')).toEqual({
      type: 'stock',
      currency: 'USD',
      exchange: 'NYSE',
      zone: 'America/New_York',
      sessions: '0930-1600:23456',
      priceStep: 0.01,
    })
    const cola = await eventually('KO trades', () => last<Trade>('wf:{s:KO}'))
    expect(Math.abs(cola.price / 91.1 - 1)).toBeLessThan(0.1)
    await eventually('KO has its past', async () => (await server.client().hlen('wf:{s:KO}:1m')) > 25)
    expect(await server.client().hget('wf:{s:KO}', 'quote')).not.toBeNull()
    first.stop('SIGINT')
    expect(await first.ended).toBe(0)
    expect(first.output.err).toBe('')
    expect(first.output.out).toContain(`Publishing into ${withoutPasswords(server.url)}`)
    expect(first.output.out).toContain('Filling the charts of 30 symbols with the last 30 minutes')
    expect(first.output.out).toMatch(
      /Sent [\d,]+ trades, [\d,]+ quotes and [\d,]+ fixes\.\n(.*\n)*Taken \d+, repeats 0, old 0, refused 0[^\n]*\.\n$/,
    )

    const before = await last<Trade>('wf:{s:AAPL}')
    expect(before.t).toBeGreaterThanOrEqual(live.t)
    const second = simulate('--market', '--symbols', '30', '--rate', '200', '--seed', '9')
    const resumed = await eventually('AAPL trades again', async () => {
      const trade = await last<Trade>('wf:{s:AAPL}')
      return trade.id === before.id ? null : trade
    })
    expect(Math.abs(resumed.price / before.price - 1)).toBeLessThan(0.01)
    second.stop('SIGTERM')
    expect(await second.ended).toBe(0)
    expect(second.output.out).not.toContain('Filling')
    expect(second.output.out).toContain(', repeats 0, old 0, refused 0')
  })

  it('replay a recording, and know it when it comes again', async () => {
    const file = `${RECORDINGS}/market/xrp-eth-trades.json.gz`
    const first = await replayed('--replay', file, '--speed', 'max')
    expect(first.out).toContain('1,399 of 1,399 rows, as fast as Redis takes them')
    expect(first).toMatchObject({ code: 0, last: 'Taken 1399, repeats 0, old 0, refused 0, left out 0.' })
    expect(await last<Trade>('wf:{s:XRP-ETH}')).toMatchObject({ id: 13_532_244 })
    expect(await server.client().hget('wf:{symbols}', 'XRP-ETH')).toBe('XRP-ETH (recorded)')
    const second = await replayed('--replay', file, '--speed', 'max')
    expect(second).toMatchObject({ code: 1, last: 'Taken 0, repeats 1399, old 0, refused 0, left out 0.' })
    const third = await replayed('--replay', file, '--speed', 'max', '--shift')
    expect(third).toMatchObject({ code: 0, last: 'Taken 1399, repeats 0, old 0, refused 0, left out 0.' })
    expect(Date.now() - (await last<Trade>('wf:{s:XRP-ETH}')).t).toBeLessThan(60_000)
  })

  it('name the rows that they left out', async () => {
    const run = await replayed('--replay', `${RECORDINGS}/fleet/capmetro-2017-03-16.csv.gz`, '--speed', 'max')
    expect(run).toMatchObject({ code: 0, last: 'Taken 1127, repeats 0, old 0, refused 0, left out 2.' })
    expect(run.out).toContain('2 rows: position 0,0: the receiver had none\n      row 655: 5020,2017-03-16T06:16:32')
  })

  it('take a day that lies before one that was replayed before, and keep both in order of time', async () => {
    for (const [day, t] of [
      ['tuesday', Date.UTC(2024, 2, 5, 10, 0, 19)],
      ['monday', Date.UTC(2024, 2, 4, 10, 0, 19)],
    ] as const) {
      const run = await replayed('--replay', `${CASES}/35-${day}.gpx`, '--device', 'VAN-35', '--speed', 'max')
      expect(run).toMatchObject({ code: 0, last: 'Taken 20, repeats 0, old 0, refused 0, left out 0.' })
      expect((await last<Fix>('wf:{d:VAN-35}')).t).toBe(Math.max(t, Date.UTC(2024, 2, 5, 10, 0, 19)))
    }
  })

  it('tell what is older than all that the floor keeps from what came before', async () => {
    const point = (i: number) =>
      `<trkpt lat="47.5" lon="8.72"><time>${new Date(Date.UTC(2024, 2, 6) + i * 1000).toISOString()}</time></trkpt>`
    const file = join(folder, 'long.gpx')
    writeFileSync(
      file,
      `<gpx><trk><trkseg>${Array.from({ length: 2500 }, (_, i) => point(i)).join('\n')}</trkseg></trk></gpx>`,
    )
    const args = ['--device', 'VAN-36', '--speed', 'max']
    const long = await replayed('--replay', file, ...args)
    expect(long).toMatchObject({ code: 0, last: 'Taken 2500, repeats 0, old 0, refused 0, left out 0.' })
    const run = await replayed('--replay', `${CASES}/35-monday.gpx`, ...args)
    expect(run).toMatchObject({ code: 1, last: 'Taken 0, repeats 0, old 20, refused 0, left out 0.' })
    expect(run.out.split('Some data is older than all that the floor keeps')).toHaveLength(2)
  })

  it('take two devices of one file, each under its name', async () => {
    const run = await replayed('--replay', `${CASES}/19b-two-vehicles.gpx`, '--speed', 'max')
    expect(run).toMatchObject({ code: 0, last: 'Taken 2, repeats 0, old 0, refused 0, left out 0.' })
    expect(await last<Fix>('wf:{d:A}')).toMatchObject({ lat: 47.5, lon: 8.72 })
    expect(await last<Fix>('wf:{d:B}')).toMatchObject({ lat: 48.5, lon: 9.72 })
  })

  it.each([
    [
      ['--replay', `${CASES}/11-ggaonly.nmea`],
      'Taken 0, repeats 0, old 0, refused 0, left out 2.',
      '--date 2024-03-05',
    ],
    [['--replay', `${CASES}/20-string-ids.json`], 'Taken 0, repeats 0, old 0, refused 0, left out 4.', '--shift'],
  ])('fail where nothing can be taken (%j), and name the option that helps', async (args, line, option) => {
    const run = await replayed(...args, '--speed', 'max')
    expect(run).toMatchObject({ code: 1, last: line })
    expect(run.out).toContain(option)
  })

  it('fail where all was refused, and tell why', async () => {
    const file = join(folder, 'early.gpx')
    const point = (year: number) => `<trkpt lat="47.5" lon="8.72"><time>${year}-03-05T10:00:00Z</time></trkpt>`
    writeFileSync(file, `<gpx><trk><trkseg>${point(1998)}${point(2099)}</trkseg></trk></gpx>`)
    const run = await replayed('--replay', file, '--speed', 'max')
    expect(run).toMatchObject({ code: 1, last: 'Taken 0, repeats 0, old 0, refused 2 (2 device time), left out 0.' })
  })

  it('shorten pauses where they are told to, and say how long the next one takes where they are not', async () => {
    const file = `${CASES}/18-gap.gpx`
    const long = simulate('--replay', file, '--device', 'GAP-1', '--speed', '2')
    await eventually('it tells of the pause', () => long.output.out.includes('next row in 3 h 59 min'))
    long.stop('SIGINT')
    expect(await long.ended).toBe(0)
    expect(lastLineOf(long.output.out)).toBe(
      'Taken 1, repeats 0, old 0, refused 0, left out 0, not sent 1, interrupted.',
    )
    const short = await replayed('--replay', file, '--device', 'GAP-2', '--max-pause', '1s', '--speed', '2')
    expect(short).toMatchObject({ code: 0, last: 'Taken 2, repeats 0, old 0, refused 0, left out 0.' })
    expect((await last<Fix>('wf:{d:GAP-2}')).t).toBe(Date.UTC(2024, 2, 5, 18))
    const before = Date.now()
    await replayed('--replay', file, '--device', 'GAP-3', '--max-pause', '1s', '--speed', '2', '--shift')
    const track = await server.client().xrange('wf:{d:GAP-3}:track', '-', '+')
    const times = track.flatMap(([, [, text = '{}']]) =>
      ((JSON.parse(text) as DeviceUpdate).fixes ?? []).map(({ t }) => t),
    )
    expect(times.map((t) => t - (times[0] ?? 0))).toEqual([0, 500])
    expect(times[0]).toBeGreaterThanOrEqual(before)
  })

  it.each([
    [['--rate', 'lots'], '--rate takes a number from 1 to 20000, not "lots"\n'],
    [['--replay', '/no/such/file'], '/no/such/file cannot be replayed: there is no such file\n'],
    [
      ['--replay', 'package.json'],
      'package.json cannot be replayed: it begins like no format that is known: name it by --format',
    ],
  ])('say what is wrong with %j in one line', async (args, message) => {
    const run = simulate(...args)
    expect(await run.ended).toBe(1)
    expect(run.output.err).toContain(message)
    expect(run.output.err.trim().split('\n')).toHaveLength(1)
    expect(run.output.out).toBe('')
  })
})
