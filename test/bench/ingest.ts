import { Redis } from 'ioredis'
import { installLibrary } from '../../server/redis/library.ts'
import { type Bench, type BenchOptions, rounds } from './bench.ts'
import { asker } from './calls.ts'
import { type AloneCost, costAlone } from './ingest/alone.ts'
import type { IngestCalls, Ingested } from './ingest/ingest.ts'
import { costOfNumbers, NUMBERINGS, type Numbering, type NumbersCost } from './ingest/numbers.ts'
import { cpuSeconds, SERVER_CORE } from './machine.ts'
import { emptyReport, median, type Report, rounded, show } from './report.ts'
import { openStage } from './stage.ts'

const SYMBOLS = 200
const DEVICES = 5000

type Outcome = { perSecond: number; redisMicros: number | null; feedMicros: number | null }

/** One run against an empty Redis with append-only persistence; the publisher has a core, Redis has the other. */
const ingestOnce = async (what: 'trades' | 'fixes', { machine, quick }: BenchOptions): Promise<Outcome> => {
  const stage = await openStage(machine)
  const child = machine.start('ingest', SERVER_CORE, ['test/bench/ingest/main.ts'])
  const redis = new Redis(stage.redis.url)
  try {
    await installLibrary(redis)
    const { url, pid } = stage.redis
    const ask = asker<IngestCalls>(child.process)
    const options = { url, seconds: quick ? 4 : 8 }
    const feedPid = child.process.pid ?? 0
    const before = [cpuSeconds(pid), cpuSeconds(feedPid)]
    const ingested: Ingested =
      what === 'trades'
        ? await ask('trades', { ...options, symbols: SYMBOLS }, 60_000)
        : await ask('fixes', { ...options, devices: DEVICES }, 60_000)
    const after = [cpuSeconds(pid), cpuSeconds(feedPid)]
    const { accepted, seconds, refused, dropped } = ingested
    if (refused + dropped > 0) throw new Error(`${refused} refused, ${dropped} dropped`)
    const [redisMicros = null, feedMicros = null] = before.map((from, i) => {
      const to = after[i] ?? null
      return from === null || to === null ? null : ((to - from) * 1e6) / accepted
    })
    return { perSecond: accepted / seconds, redisMicros, feedMicros }
  } finally {
    redis.disconnect()
    await child.kill()
    await stage.close()
  }
}

/** Does something with an empty Redis that has the library and the append-only file, and that nobody else uses. */
const onEmptyRedis = async <T>({ machine }: BenchOptions, work: (redis: Redis) => Promise<T>): Promise<T> => {
  const stage = await openStage(machine)
  const redis = new Redis(stage.redis.url)
  try {
    await installLibrary(redis)
    return await work(redis)
  } finally {
    redis.disconnect()
    await stage.close()
  }
}

/** What one item costs Redis, and its number in memory, for each way of numbering. */
const costsOfNumbers = async (redis: Redis): Promise<Map<Numbering, NumbersCost>> => {
  const costs = new Map<Numbering, NumbersCost>()
  for (const numbering of Object.keys(NUMBERINGS) as Numbering[]) {
    await redis.flushall()
    costs.set(numbering, await costOfNumbers(redis, numbering))
  }
  return costs
}

/** Adds what one item by itself costs, beside plain commands that read and write the same. */
const reportAlone = async (options: BenchOptions, report: Report): Promise<void> => {
  const found: AloneCost[] = []
  for (let round = 0; round < rounds(options) && !options.signal.aborted; round++)
    found.push(await onEmptyRedis(options, costAlone))
  const cost = (of: keyof AloneCost) => median(found.map((costs) => costs[of]))
  const tradeVsPlain = median(found.map((costs) => costs.trade / costs.plainTrade))
  const stepsVsPlain = (steps: readonly ('device' | 'place' | 'leave')[]) =>
    median(found.map((costs) => steps.reduce((sum, step) => sum + costs[step], 0) / costs.plainFix))
  const fixVsPlain = stepsVsPlain(['device', 'place', 'leave'])
  const row = (what: string, ...of: (number | null)[]) => [what, ...of.map((value) => show(value))]
  report.tables.push({
    title: "One item a call, a hundred calls a pipeline: Redis's CPU, and that of plain commands with the same bytes",
    head: ['what', 'µs', 'plain, µs', 'times as much'],
    rows: [
      row('a trade', cost('trade'), cost('plainTrade'), tradeVsPlain),
      row('a fix: the device', cost('device'), cost('plainFix'), stepsVsPlain(['device'])),
      row('its cell', cost('place'), cost('plainFix'), stepsVsPlain(['place'])),
      row('the cell it left', cost('leave'), cost('plainFix'), stepsVsPlain(['leave'])),
      ['all three steps', '', '', show(fixVsPlain)],
    ],
  })
  Object.assign(report.figures, {
    'ingest.tradeVsPlain': rounded(tradeVsPlain),
    'ingest.fixVsPlain': rounded(fixVsPlain),
    'ingest.stayingFixVsPlain': rounded(stepsVsPlain(['device', 'place'])),
  })
}

/** Adds what the memory of numbers costs, whichever way a source numbers. */
const reportNumbers = async (options: BenchOptions, report: Report): Promise<void> => {
  const found: Map<Numbering, NumbersCost>[] = []
  for (let round = 0; round < rounds(options) && !options.signal.aborted; round++)
    found.push(await onEmptyRedis(options, costsOfNumbers))
  const cost = (numbering: Numbering, of: keyof NumbersCost) =>
    median(found.flatMap((costs) => costs.get(numbering)?.[of] ?? []))
  report.tables.push({
    title: "How a source numbers, one item a call, a hundred calls a pipeline: Redis's CPU and the memory of a number",
    head: ['numbers', 'a trade, µs', 'a fix (the device), µs', 'a number, bytes'],
    rows: (Object.keys(NUMBERINGS) as Numbering[]).map((numbering) => [
      numbering,
      ...(['trade', 'fix', 'bytes'] as const).map((of) => show(cost(numbering, of))),
    ]),
  })
}

/** How much the publisher gets into Redis, and what it costs there. */
export const ingest: Bench = async (options) => {
  const report = emptyReport()
  const outcomes = { trades: [] as Outcome[], fixes: [] as Outcome[] }
  for (let round = 0; round < rounds(options); round++)
    for (const what of ['trades', 'fixes'] as const) {
      if (options.signal.aborted) continue
      try {
        const outcome = await ingestOnce(what, options)
        options.say(
          `ingest: ${show(outcome.perSecond, 0)} ${what}/s, Redis ${show(outcome.redisMicros)} µs each, publisher ${show(outcome.feedMicros)} µs`,
        )
        outcomes[what].push(outcome)
      } catch (error) {
        if (!options.signal.aborted) report.failures.push(`ingest, ${what}: ${(error as Error).message}`)
      }
    }
  const perSecond = (what: 'trades' | 'fixes') => median(outcomes[what].map((outcome) => outcome.perSecond))
  const micros = (what: 'trades' | 'fixes') => median(outcomes[what].map(({ redisMicros }) => redisMicros))
  const own = (what: 'trades' | 'fixes') => median(outcomes[what].map(({ feedMicros }) => feedMicros))
  report.tables.push({
    title: 'Ingest: the publisher into one Redis, append-only file synced every second',
    head: ['what', 'a second', "Redis's CPU each, µs", "publisher's, µs"],
    rows: [
      [`trades of ${SYMBOLS} symbols`, show(perSecond('trades'), 0), show(micros('trades')), show(own('trades'))],
      [`fixes of ${DEVICES} devices`, show(perSecond('fixes'), 0), show(micros('fixes')), show(own('fixes'))],
    ],
  })
  Object.assign(report.figures, {
    'ingest.tradesPerSecond': rounded(perSecond('trades')),
    'ingest.fixesPerSecond': rounded(perSecond('fixes')),
    'ingest.redisMicrosPerTrade': rounded(micros('trades')),
    'ingest.redisMicrosPerFix': rounded(micros('fixes')),
  })
  await reportAlone(options, report)
  await reportNumbers(options, report)
  return report
}
