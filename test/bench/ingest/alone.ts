import type { Redis } from 'ioredis'
import { leaveCell, placeInCell, publishFixes, publishMarket } from '../../../wire/calls.ts'
import type { Fix } from '../../../wire/fleet.ts'
import { deviceTopic, symbolTopic, type Topic, topicKey, topicPart } from '../../../wire/topics.ts'
import { type Command, commandOf, mainThreadMicros, send } from './cpu.ts'

/**
 * Redis's main thread for one item by itself, in microseconds: a trade; the three steps of a fix; and for a trade and for a fix the
 * plain commands that read the same fields and write and publish the same bytes.
 */
export type AloneCost = Record<'trade' | 'device' | 'place' | 'leave' | 'plainTrade' | 'plainFix', number>

const SERIES = 20
const EACH = 25
const ROUNDS = 20
/** Milliseconds between two items of a series. */
const PACE = 1000
/** Degrees that a device moves in that time: some 11 m. */
const STRIDE = 0.0001

const SYMBOL_FIELDS = ['epoch', 'life', 'seq', 'seen', 'since', 'last', 'quote', 'day', 'prev']
const DEVICE_FIELDS = ['epoch', 'life', 'seq', 'seen', 'since', 'last', 'cell', 'from', 'doubt', 'pace']

const names = Array.from({ length: SERIES }, (_, i) => `ALONE-${i}`)

/** One block: `EACH` items of each series, the first of them number `from`. */
const block = <Item>(from: number, item: (series: number, n: number) => Item): Item[] =>
  Array.from({ length: EACH }, (_, i) => names.map((_name, series) => item(series, from + i))).flat()

/** Fields that a call writes, with what they hold now, and the update that it published. */
const written = async (redis: Redis, topic: Topic, fields: readonly string[], log: 'log' | 'track') => {
  const [values, entries] = await Promise.all([
    redis.hmgetBuffer(topicKey(topic), ...fields),
    redis.xrevrange(topicPart(topic, log), '+', '-', 'COUNT', 1),
  ])
  const text = entries[0]?.[1][1] ?? ''
  return { text, fields: fields.flatMap((field, i): (string | Buffer)[] => [field, values[i] ?? '']) }
}

/** What a call reads and writes, as plain commands on keys beside its own; `n` numbers the entry of the log. */
const plain = (
  topic: Topic,
  read: readonly string[],
  { text, fields }: Awaited<ReturnType<typeof written>>,
  n: number,
): Command[] => {
  const key = `plain:${topic}`
  return [
    ['HMGET', key, ...read],
    ['HSET', key, ...fields],
    ['PUBLISH', key, text],
    ['XADD', `${key}:log`, 'MAXLEN', '~', 1000, `${n}-0`, 'u', text],
  ]
}

/** Measures blocks of library calls and of plain commands by turns, so that whatever else the machine does meets all alike. */
export const costAlone = async (redis: Redis): Promise<AloneCost> => {
  const sums: AloneCost = { trade: 0, device: 0, place: 0, leave: 0, plainTrade: 0, plainFix: 0 }
  const timed = async (what: keyof AloneCost, groups: readonly (readonly Command[])[]): Promise<unknown[]> => {
    const before = await mainThreadMicros(redis)
    const answers = await send(redis, groups)
    sums[what] += ((await mainThreadMicros(redis)) - before) / groups.length
    return answers
  }
  const plainly = async (what: 'plainTrade' | 'plainFix', from: number) => {
    const [topicOf, log] = what === 'plainTrade' ? [symbolTopic, 'log' as const] : [deviceTopic, 'track' as const]
    const read = what === 'plainTrade' ? SYMBOL_FIELDS : DEVICE_FIELDS
    const writes =
      what === 'plainTrade' ? ['seq', 'last', 'day', 'seen'] : ['seq', 'last', 'cell', 'from', 'seen', 'heard']
    const topics = names.map(topicOf)
    const bytes = await Promise.all(topics.map((topic) => written(redis, topic, writes, log)))
    await timed(
      what,
      block(from, (series, n) => plain(topics[series] as Topic, read, bytes[series] as (typeof bytes)[0], n)),
    )
  }
  const start = Date.now() - EACH * ROUNDS * PACE
  const trade = (series: number, id: number): Command[] => {
    const price = 100 + ((id * 7 + series) % 1000) / 100
    const item = { id, t: start + id * PACE, price, size: 1 + (id % 100), side: 'buy' as const }
    return [commandOf(publishMarket(names[series] as string, [item], []))]
  }
  const fix = (series: number, n: number): Command[] => {
    const id = names[series] as string
    const at = { lat: 30.2672 + series * 0.01 + n * STRIDE, lon: -97.7431 - series * 0.01 }
    return [commandOf(publishFixes(id, [{ id, n, t: start + n * PACE, ...at, speed: 11, heading: n % 360 }]))]
  }
  for (let round = 0; round < ROUNDS; round++) {
    const from = round * EACH + 1
    await timed('trade', block(from, trade))
    await plainly('plainTrade', from)
    const placed = (await timed('device', block(from, fix))) as [number, string, number, number, string, string][]
    await plainly('plainFix', from)
    const placements = placed.map(([, , , , text, cell]) => ({ cell, text, fix: JSON.parse(text) as Fix }))
    await timed(
      'place',
      placements.map(({ cell, text }) => [commandOf(placeInCell(cell, [text]))]),
    )
    // A device leaves a cell once: the newest of each does.
    const leaving = placements.slice(-SERIES)
    await timed(
      'leave',
      leaving.map(({ cell, fix: { id, t, n } }) => [commandOf(leaveCell(cell, id, t, n, ''))]),
    )
  }
  for (const what of Object.keys(sums) as (keyof AloneCost)[]) sums[what] /= ROUNDS
  return sums
}
