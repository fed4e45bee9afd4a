import type { Redis } from 'ioredis'
import { type Call, publishFixes, publishMarket } from '../../../wire/calls.ts'
import { deviceTopic, symbolTopic, topicPart } from '../../../wire/topics.ts'
import { commandOf, mainThreadMicros, send } from './cpu.ts'

/** How a source numbers, and in what order what it numbers comes. */
export const NUMBERINGS = {
  '1, 2, 3': { step: 1, late: 0 },
  '1, 2, 3, one in twenty late': { step: 1, late: 0.05 },
  'by time in microseconds': { step: 1000, late: 0 },
  'by time, one in twenty late': { step: 1000, late: 0.05 },
} as const
export type Numbering = keyof typeof NUMBERINGS

/**
 * Redis's CPU for one item in a call of its own, and the memory that the numbers take (bytes each), of symbols and
 * devices.
 */
export type NumbersCost = { trade: number; fix: number; bytes: number }

const SERIES = 20
const EACH = 1500
/** Milliseconds between two items of a series, and how late a late one is at the most. */
const PACE = 1000
const LATE = 120

/** The places of a series in the order in which they come: some are held back for up to two minutes. */
const arrivals = (count: number, late: number): number[] =>
  Array.from({ length: count }, (_, i) => ({
    i,
    at: i + (i % Math.round(1 / (late || 1e-9)) === 7 ? (i * 31) % LATE : 0),
  }))
    .sort((a, b) => a.at - b.at || a.i - b.i)
    .map(({ i }) => i)

/** Sends series of trades and of fixes numbered in one way, one item a call, and tells what each cost Redis. */
export const costOfNumbers = async (redis: Redis, numbering: Numbering): Promise<NumbersCost> => {
  const { step, late } = NUMBERINGS[numbering]
  const start = Date.now() - EACH * PACE
  const order = arrivals(EACH, late)
  const names = Array.from({ length: SERIES }, (_, i) => `NUMBERS-${i}`)
  const numberAt = (i: number): number => (step === 1 ? i + 1 : (start + i * PACE) * step)
  const trades = order.flatMap((i) =>
    names.map((name) =>
      publishMarket(name, [{ id: numberAt(i), t: start + i * PACE, price: 100 + (i % 7), size: 1 }], []),
    ),
  )
  const fixes = order.flatMap((i) =>
    names.map((id) =>
      publishFixes(id, [{ id, n: numberAt(i), t: start + i * PACE, lat: 30 + i * 1e-4, lon: -97, speed: 11 }]),
    ),
  )
  const timed = async (calls: readonly Call[]): Promise<number> => {
    const groups = calls.map((call) => [commandOf(call)])
    const before = await mainThreadMicros(redis)
    await send(redis, groups)
    return ((await mainThreadMicros(redis)) - before) / calls.length
  }
  const cost = { trade: await timed(trades), fix: await timed(fixes) }
  const topics = names.flatMap((name) => [symbolTopic(name), deviceTopic(name)])
  const sizes = topics.map(async (topic) => {
    const head = await redis.hstrlen(`wf:{${topic}}`, 'seen')
    return head + ((await redis.memory('USAGE', topicPart(topic, 'seen'), 'SAMPLES', 0)) ?? 0)
  })
  const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
  return { ...cost, bytes: bytes / topics.length / EACH }
}
