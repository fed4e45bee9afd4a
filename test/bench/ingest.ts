import { Redis } from 'ioredis'
import { installLibrary } from '../../server/redis/library.ts'
import { type Bench, type BenchOptions, rounds } from './bench.ts'
import { asker } from './calls.ts'
import type { IngestCalls, Ingested } from './ingest/ingest.ts'
import { cpuSeconds, SERVER_CORE } from './machine.ts'
import { emptyReport, median, rounded, show } from './report.ts'
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
  report.figures = {
    'ingest.tradesPerSecond': rounded(perSecond('trades')),
    'ingest.fixesPerSecond': rounded(perSecond('fixes')),
    'ingest.redisMicrosPerTrade': rounded(micros('trades')),
    'ingest.redisMicrosPerFix': rounded(micros('fixes')),
  }
  return report
}
