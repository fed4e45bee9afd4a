import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { expect, it } from 'vitest'
import { callFunction } from '../../redis/call.ts'
import { createRandom } from '../../simulators/random.ts'
import type { SymbolUpdate } from '../../wire/market.ts'
import { symbolTopic, topicKey, topicPart } from '../../wire/topics.ts'
import { eventually } from '../support/eventually.ts'
import { startFeeder } from '../support/feeder.ts'
import { DEVICES, onStage, SYMBOLS } from './stage.ts'

/** The trades that Redis counts for a symbol, and the highest number among the last of them. */
const counted = async (redis: Redis, symbol: string): Promise<{ count: number; top: number }> => {
  const topic = symbolTopic(symbol)
  const day = await redis.hget(topicKey(topic), 'day')
  const updates = await redis.xrevrange(topicPart(topic, 'log'), '+', '-', 'COUNT', 100)
  const numbers = updates.flatMap(
    ([, [, text = '{}']]) => (JSON.parse(text) as SymbolUpdate).trades?.map(({ id }) => id) ?? [],
  )
  return { count: (JSON.parse(day ?? '{}') as { count?: number }).count ?? 0, top: Math.max(0, ...numbers) }
}

it('a feed is killed and started again, and sends what it sent once more: nothing counts twice', () =>
  onStage(async (stage) => {
    const node = await stage.node()
    const options = { url: stage.redis.url, symbols: SYMBOLS, devices: DEVICES, everyMs: 10 }
    const first = startFeeder()
    await first.ask('start', options)
    await eventually('it publishes', async () => (await counted(stage.direct, 'AAPL')).top > 20)
    const readers = [stage.reader(node), stage.reader(node)]
    await stage.settled()
    await sleep(1000)
    await first.kill()
    const killedAt = await counted(stage.direct, 'AAPL')
    const second = startFeeder()
    try {
      await second.ask('start', { ...options, trades: 3, seed: 2 })
      await eventually('it is past that', async () => (await counted(stage.direct, 'AAPL')).top > killedAt.top + 100)
      const account = await second.ask('stop', null)
      expect(account.repeats).toBeGreaterThan(killedAt.top)
    } finally {
      await second.kill()
    }
    await stage.whole()
    for (const symbol of SYMBOLS) {
      const { count, top } = await counted(stage.direct, symbol)
      expect(count).toBe(top)
    }
    for (const { journal } of readers) expect(journal.gaps).toBe(0)
  }))

it('two feeds publish the same symbols and devices by mistake: each number counts once, all clients agree', () =>
  onStage(async (stage) => {
    const [node, other] = [await stage.node(), await stage.node()]
    const one = await stage.load({ seed: 1, everyMs: 15 })
    const readers = [stage.reader(node), stage.reader(other)]
    await stage.settled()
    const two = await stage.load({ seed: 2, everyMs: 10 })
    await sleep(1500)
    await Promise.all([one.stop(), two.stop()])
    await stage.whole()
    expect(one.publisher.account.repeats + two.publisher.account.repeats).toBeGreaterThan(100)
    for (const symbol of SYMBOLS) {
      const { count, top } = await counted(stage.direct, symbol)
      expect(count).toBe(top)
    }
    for (const { journal } of readers) expect(journal.gaps).toBe(0)
  }))

it('a feed sends garbage: every call is refused, nothing of it reaches anyone, and the good feed beside it goes on', () =>
  onStage(async (stage) => {
    const node = await stage.node()
    const load = await stage.load()
    const reader = stage.reader(node)
    await stage.settled()
    const random = createRandom(17).below
    const pick = <T>(from: readonly T[]): T => from[random(from.length)] as T
    const words = [
      '',
      'T',
      'Q',
      '1',
      '-1',
      '0',
      'NaN',
      '1e999',
      '0x10',
      '\u0000',
      '{}',
      '"]}',
      'buy',
      '9'.repeat(400),
      'é株',
      ' 1',
    ]
    const keys = ['s:AAPL', 'd:BUS-1', 'c:other/0231301203312', 's:aapl', 's:', 'd:../x', 'c:9', 'symbols', ''].map(
      (name) => `wf:{${name}}`,
    )
    const parts = ['', ':log', ':1m', ':track', ':geo', ':fix', ':other']
    const before = await stage.direct.dbsize()
    let refused = 0
    for (let i = 0; i < 1500; i++) {
      const key = pick(keys)
      const name = pick(['wf1_market', 'wf1_device', 'wf1_place', 'wf1_leave', 'wf1_reap', 'wf1_list', 'wf1_no'])
      const named = Array.from({ length: 1 + random(3) }, () => `${random(4) ? key : pick(keys)}${pick(parts)}`)
      const args = Array.from({ length: random(14) }, () => pick(words))
      const reply = await callFunction(stage.direct, { name, keys: named, args }).catch((error: Error) => error)
      if (reply instanceof Error) refused++
      else expect(Array.isArray(reply) ? reply[2] : reply, `${name} ${named} ${JSON.stringify(args)}`).not.toBe(1)
    }
    expect(refused).toBeGreaterThan(1000)
    await load.stop()
    await stage.whole()
    expect(reader.journal.gaps).toBe(0)
    const stray = (await stage.direct.keys('*')).filter(
      (key) =>
        !/^wf:\{([sdcr]:[\w./-]+|symbols|groups|sweeper)\}(:\w+)?$/.test(key) &&
        // Who does what of the nodes.
        !/^wf:\{(commands|a:access)\}:lease(:\w+)?$/.test(key),
    )
    expect(stray).toEqual([])
    expect(await stage.direct.exists(topicPart(symbolTopic('AAPL'), 'track'))).toBe(0)
    expect(before).toBeGreaterThan(0)
  }))

it('clocks are minutes apart: a feed behind, one ahead, one too far ahead to be believed, and a node of another time', () =>
  onStage(async (stage) => {
    const shifted = (minutes: number) =>
      `data:text/javascript,const now = Date.now; Date.now = () => now() + ${minutes * 60_000}`
    const nodes = [
      await stage.node({ env: { NODE_OPTIONS: `--import="${shifted(9)}"` } }),
      await stage.node({ env: { NODE_OPTIONS: `--import="${shifted(-9)}"` } }),
    ]
    const [behind, ahead] = [
      await stage.load({ symbols: ['AAPL'], devices: ['BUS-1'], skewMs: -4 * 60_000 }),
      await stage.load({ symbols: ['MSFT'], devices: ['BUS-2'], skewMs: 4 * 60_000 }),
    ]
    const quiet = await stage.load({ symbols: ['TSLA', 'XRP-ETH'], devices: ['VAN-3'] })
    const readers = nodes.map((node) => stage.reader(node))
    await stage.settled()
    const { top } = await counted(stage.direct, 'AAPL')
    const wrong = await stage.load(
      { symbols: ['AAPL'], devices: [], skewMs: 10 * 60_000, firstId: 1_000_000, described: [] },
      false,
    )
    await eventually('it is told', () => wrong.said.some((line) => line.includes('time')))
    await sleep(1000)
    await Promise.all([behind, ahead, quiet, wrong].map((load) => load.stop()))
    await stage.whole()
    expect(wrong.publisher.account.accepted).toBe(0)
    const after = await counted(stage.direct, 'AAPL')
    expect(after.top).toBeGreaterThan(top)
    expect(after.top).toBeLessThan(1_000_000)
    for (const { journal } of readers) expect(journal.gaps).toBe(0)
  }))
