import { spawn } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Fix } from '../../../wire/fleet.ts'
import type { Trade } from '../../../wire/market.ts'
import { withoutPasswords } from '../../../wire/redis-address.ts'
import { NO_RECORDINGS, recordings } from '../../support/data.ts'
import { inherited, ROOT } from '../../support/environment.ts'
import { eventually } from '../../support/eventually.ts'
import { startRedis, type TestRedis } from '../../support/redis.ts'
import { installEverywhere } from '../../support/redis-everywhere.ts'

let server: TestRedis

beforeAll(async () => {
  server = await startRedis()
  await installEverywhere(server.client())
})
afterAll(() => server.stop())

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
    await eventually('KO has its past', async () => (await server.client().hlen('wf:{s:KO}:1m')) > 25)
    expect(await server.client().hget('wf:{s:KO}', 'quote')).not.toBeNull()
    first.stop('SIGINT')
    expect(await first.ended).toBe(0)
    expect(first.output.err).toBe('')
    expect(first.output.out).toContain(`Publishing into ${withoutPasswords(server.url)}`)
    expect(first.output.out).toContain('Filling the charts of 30 symbols with the last 30 minutes')
    expect(first.output.out).toMatch(
      /Sent [\d,]+ trades, [\d,]+ quotes and [\d,]+ fixes: [\d,]+ taken, 0 known already, 0 refused\./,
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
    expect(second.output.out).toContain('0 known already, 0 refused')
  })

  it.skipIf(recordings === null)(
    `replay a recording, and know it when it comes again${recordings ? '' : ` (${NO_RECORDINGS})`}`,
    async () => {
      const file = `${recordings}/market/xrp-eth-trades.json.gz`
      const replay = async (...args: string[]) => {
        const run = simulate('--replay', file, '--speed', 'max', ...args)
        expect(await run.ended).toBe(0)
        return run.output.out
      }
      const first = await replay()
      expect(first).toContain('12,477 of 12,477 rows, as fast as Redis takes them')
      expect(first).toContain('Sent 12,477 trades, 0 quotes and 0 fixes: 12,477 taken, 0 known already, 0 refused.')
      expect(await last<Trade>('wf:{s:XRP-ETH}')).toMatchObject({ id: 13_532_283 })
      expect(await server.client().hget('wf:{symbols}', 'XRP-ETH')).toBe('XRP-ETH (recorded)')
      expect(await replay()).toContain('0 taken, 12,477 known already, 0 refused.')
      expect(await replay('--shift')).toContain('12,477 taken, 0 known already, 0 refused.')
      expect(Date.now() - (await last<Trade>('wf:{s:XRP-ETH}')).t).toBeLessThan(60_000)
    },
  )

  it.skipIf(recordings === null)('name the rows that they left out', async () => {
    const run = simulate('--replay', `${recordings}/fleet/capmetro-2017-03-16.csv.gz`, '--speed', 'max')
    expect(await run.ended).toBe(0)
    expect(run.output.out).toContain(
      '2 rows: position 0,0: the receiver had none\n      row 25686: 5020,2017-03-16T06:16:32',
    )
    expect(run.output.out).toContain('36,269 fixes: 36,269 taken, 0 known already, 0 refused.')
  })

  it.each([
    [['--rate', 'lots'], '--rate takes a number from 1 to 20000, not "lots"\n'],
    [['--replay', '/no/such/file'], '/no/such/file cannot be replayed: there is no such file\n'],
    [['--replay', 'package.json'], 'package.json begins like no format that is known: name it by --format'],
  ])('say what is wrong with %j in one line', async (args, message) => {
    const run = simulate(...args)
    expect(await run.ended).toBe(1)
    expect(run.output.err).toContain(message)
    expect(run.output.err.trim().split('\n')).toHaveLength(1)
    expect(run.output.out).toBe('')
  })
})
