import { setTimeout as sleep } from 'node:timers/promises'
import { type Bench, type BenchOptions, rounds } from './bench.ts'
import { asker } from './calls.ts'
import type { Percentiles } from './load/tally.ts'
import { LOAD_CORE, residentBytes } from './machine.ts'
import { emptyReport, median, type Report, ratio, rounded, show } from './report.ts'
import type { ChatCalls } from './rooms/chat.ts'
import { describeFaults, others, seconds, share, usage } from './run.ts'
import { baseline, CONTENDERS, startServer } from './servers.ts'
import { openStage, type Stage } from './stage.ts'

const ROOM = { clients: 1000, writers: 100, rate: 100 }
const SIDES = { watchfloor: CONTENDERS.watchfloor, adapter: baseline('chat', 'socket.io') } as const
type SideKey = keyof typeof SIDES
const KEYS = Object.keys(SIDES) as SideKey[]

/** One run of one server. */
type Measured = {
  /** Null where every message reached every client once. */
  failure: string | null
  cpuMicros: number | null
  delays: Percentiles
  cores: { server: number | null; load: number | null; redis: number | null; others: number | null }
  bytesPerDelivery: number
  deliveriesPerFrame: number
  residentMb: number | null
}

const OPENED_MS = 120_000
const SETTLE_MS = 20_000
const timing = ({ quick }: BenchOptions) => ({ warmUpMs: quick ? 3000 : 10_000, windowMs: quick ? 4000 : 10_000 })

const measureOn = async (options: BenchOptions, stage: Stage, key: SideKey): Promise<Measured> => {
  const { machine } = options
  const server = await startServer(machine, SIDES[key], stage.redis.url)
  const child = machine.start('chat', LOAD_CORE, ['test/bench/rooms/main.ts'])
  const chat = asker<ChatCalls>(child.process)
  try {
    const { clients, writers, rate } = ROOM
    await chat('open', { port: server.port, dialect: SIDES[key].dialect, clients, writers }, OPENED_MS)
    const pids = { server: server.pid, load: child.process.pid ?? 0, redis: stage.redis.pid, feed: stage.feed.pid }
    await chat('start', { rate })
    const { warmUpMs, windowMs } = timing(options)
    await sleep(warmUpMs)
    const [before, from] = [usage(pids), await chat('mark', null)]
    await sleep(windowMs)
    const [to, after] = [await chat('mark', null), usage(pids)]
    const resident = residentBytes(server.pid)
    await chat('stop', null)
    const faults = await chat('settle', { limitMs: SETTLE_MS }, SETTLE_MS + 30_000)
    const deliveries = to.deliveries - from.deliveries
    const own = share(before, after, 'server')
    return {
      failure: server.gone() ? 'the server ended' : describeFaults(faults),
      cpuMicros: own === null ? null : (own * seconds(before, after) * 1e6) / deliveries,
      delays: to.delays,
      cores: {
        server: own,
        load: share(before, after, 'load'),
        redis: share(before, after, 'redis'),
        others: others(before, after),
      },
      bytesPerDelivery: (to.bytes - from.bytes) / deliveries,
      deliveriesPerFrame: deliveries / (to.frames - from.frames),
      residentMb: resident === null ? null : resident / 2 ** 20,
    }
  } finally {
    await child.kill()
    await server.child.kill()
  }
}

/** One run; what went wrong is in the report. */
const runOnce = async (options: BenchOptions, key: SideKey, report: Report): Promise<Measured | null> => {
  const name = `rooms, ${SIDES[key].name}`
  const stage = await openStage(options.machine)
  try {
    const measured = await measureOn(options, stage, key)
    if (measured.failure) report.failures.push(`${name}: ${measured.failure}`)
    const { server, load, redis } = measured.cores
    const percent = (part: number | null): string => show((part ?? 0) * 100, 0)
    options.say(
      `${name}: ${show(measured.cpuMicros, 2)} µs, p99 ${show(measured.delays.p99)} ms, server ${percent(server)}%, load ${percent(load)}%, Redis ${percent(redis)}%${measured.failure ? `, FAILED: ${measured.failure}` : ''}`,
    )
    return measured
  } catch (error) {
    if (!options.signal.aborted) report.failures.push(`${name}: ${(error as Error).message}`)
    return null
  } finally {
    await stage.close()
  }
}

const middle = (runs: readonly Measured[], value: (run: Measured) => number | null): number | null =>
  median(runs.filter(({ failure }) => failure === null).map(value))
const cpu = (runs: readonly Measured[]) => middle(runs, ({ cpuMicros }) => cpuMicros)
const p99 = (runs: readonly Measured[]) => middle(runs, ({ delays }) => delays.p99)

const row = (key: SideKey, runs: readonly Measured[]): string[] => {
  const core = (who: keyof Measured['cores']) => middle(runs, ({ cores }) => (cores[who] ?? 0) * 100)
  return [
    SIDES[key].name,
    show(cpu(runs), 2),
    show(core('server'), 0),
    ...(['p50', 'p95', 'p99'] as const).map((of) => show(middle(runs, ({ delays }) => delays[of]))),
    ...(['bytesPerDelivery', 'deliveriesPerFrame', 'residentMb'] as const).map((of) =>
      show(
        middle(runs, (run) => run[of]),
        of === 'deliveriesPerFrame' ? 1 : 0,
      ),
    ),
    show(core('load'), 0),
    show(core('redis'), 0),
    `${runs.filter(({ failure }) => failure === null).length} of ${runs.length}`,
  ]
}

const HEAD = ['server', 'µs CPU each', 'core %', 'p50 ms', 'p95', 'p99', 'bytes each', 'per frame', 'RSS MB']
const MORE = ['load %', 'Redis %', 'whole runs']

/** A room full of people, beside the same chat written with Socket.IO and its Redis adapter, their runs interleaved. */
export const rooms: Bench = async (options) => {
  const report = emptyReport()
  const results: Record<SideKey, Measured[]> = { watchfloor: [], adapter: [] }
  for (let round = 0; round < rounds(options); round++)
    for (const key of KEYS) {
      if (options.signal.aborted) continue
      const measured = await runOnce(options, key, report)
      if (measured) results[key].push(measured)
    }
  report.tables.push({
    title: `Rooms: ${ROOM.clients} clients in one, ${ROOM.rate} messages/s`,
    head: [...HEAD, ...MORE],
    rows: KEYS.map((key) => row(key, results[key])),
  })
  const { watchfloor, adapter } = results
  report.figures = Object.fromEntries(
    Object.entries({
      'rooms.cpuMicros': cpu(watchfloor),
      'rooms.p99': p99(watchfloor),
      'rooms.adapter.cpuMicros': cpu(adapter),
      'rooms.adapter.p99': p99(adapter),
      'rooms.cpuVsAdapter': ratio(cpu(watchfloor), cpu(adapter)),
    }).map(([name, value]) => [name, rounded(value)]),
  )
  return report
}
