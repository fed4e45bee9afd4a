import type { Redis } from 'ioredis'
import { leaveCell, placeInCell, publishFixes, publishMarket } from '../../../wire/calls.ts'
import type { Fix } from '../../../wire/fleet.ts'
import { deviceTopic, symbolTopic, type Topic, topicKey, topicPart } from '../../../wire/topics.ts'
import { median } from '../report.ts'
import { type Command, commandOf, mainThreadMicros, send } from './cpu.ts'

/**
 * Redis's main thread for one item by itself, in microseconds: a trade; the three steps of a fix; and, for a trade and
 * for a fix's first step, the plain commands that read the same fields and write and publish the same bytes.
 */
export type AloneCost = Record<What, number>
type What = 'trade' | 'device' | 'place' | 'leave' | 'plainTrade' | 'plainFix'

/** Symbols, and devices: an item of each makes a pipeline. */
const SERIES = 100
const ROUNDS = 200
/** Milliseconds between two items of a series. */
const PACE = 1000
/** Degrees that a device moves in that time: some 11 m. */
const STRIDE = 0.0001

/** What a call reads of a topic's hash, what it writes there, and the part that keeps its updates. */
const SYMBOL = {
  topicOf: symbolTopic,
  log: 'log',
  reads: ['epoch', 'life', 'seq', 'seen', 'since', 'last', 'quote', 'day', 'prev'],
  writes: ['seq', 'last', 'day', 'seen'],
} as const
const DEVICE = {
  topicOf: deviceTopic,
  log: 'track',
  reads: ['epoch', 'life', 'seq', 'seen', 'since', 'last', 'cell', 'from', 'doubt', 'pace'],
  writes: ['seq', 'last', 'cell', 'from', 'seen', 'heard'],
} as const

const names = Array.from({ length: SERIES }, (_, i) => `ALONE-${i}`)

/** The last call for a topic as plain commands, with the bytes that it wrote, on keys beside its own. */
const plainly = async (redis: Redis, topic: Topic, { log, reads, writes }: typeof SYMBOL | typeof DEVICE) => {
  const values = await redis.hmgetBuffer(topicKey(topic), ...writes)
  const [[id = '', [, text = '']] = ['', []]] = await redis.xrevrange(topicPart(topic, log), '+', '-', 'COUNT', 1)
  const key = `plain:${topic}`
  return [
    ['HMGET', key, ...reads],
    ['HSET', key, ...writes.flatMap((field, i): (string | Buffer)[] => [field, values[i] ?? ''])],
    ['PUBLISH', key, text],
    ['XADD', `${key}:log`, 'MAXLEN', '~', 1000, id, 'u', text],
  ] satisfies Command[]
}

/**
 * Measures pipelines of calls and of plain commands by turns, so that whatever else the machine does meets all alike;
 * the median of all pipelines of a kind.
 */
export const costAlone = async (redis: Redis): Promise<AloneCost> => {
  const costs = { trade: [], device: [], place: [], leave: [], plainTrade: [], plainFix: [] } as Record<What, number[]>
  const timed = async (what: What, groups: readonly (readonly Command[])[]): Promise<unknown[]> => {
    const before = await mainThreadMicros(redis)
    const answers = await send(redis, groups)
    costs[what].push(((await mainThreadMicros(redis)) - before) / groups.length)
    return answers
  }
  const plain = (kind: typeof SYMBOL | typeof DEVICE) =>
    Promise.all(names.map((name) => plainly(redis, kind.topicOf(name), kind)))
  const start = Date.now() - ROUNDS * PACE
  const trade = (name: string, series: number, id: number): Command[] => {
    const price = 100 + ((id * 7 + series) % 1000) / 100
    const item = { id, t: start + id * PACE, price, size: 1 + (id % 100), side: 'buy' as const }
    return [commandOf(publishMarket(name, [item], []))]
  }
  const fix = (id: string, series: number, n: number): Command[] => {
    const at = { lat: 30.2672 + n * STRIDE, lon: -97.7431 - series * 0.003 }
    return [commandOf(publishFixes(id, [{ id, n, t: start + n * PACE, ...at, speed: 11, heading: n % 360 }]))]
  }
  for (let n = 1; n <= ROUNDS; n++) {
    await timed(
      'trade',
      names.map((name, series) => trade(name, series, n)),
    )
    await timed('plainTrade', await plain(SYMBOL))
    const answers = (await timed(
      'device',
      names.map((name, series) => fix(name, series, n)),
    )) as Placed[]
    await timed('plainFix', await plain(DEVICE))
    const placed = answers.map(([, , , , text, cell]) => ({ cell, text, fix: JSON.parse(text) as Fix }))
    await timed(
      'place',
      placed.map(({ cell, text }) => [commandOf(placeInCell(cell, [text]))]),
    )
    await timed(
      'leave',
      placed.map(({ cell, fix: { id, t, n } }) => [commandOf(leaveCell(cell, id, t, n, ''))]),
    )
  }
  const middle = (what: What): number => median(costs[what]) ?? Number.NaN
  return Object.fromEntries(Object.keys(costs).map((what) => [what, middle(what as What)])) as AloneCost
}

/** What step 1 of a fix answers. */
type Placed = [seq: number, epoch: string, accepted: number, repeats: number, fix: string, cell: string, from: string]
