import { setTimeout as sleep } from 'node:timers/promises'
import { type Bench, type BenchOptions, rounds } from './bench.ts'
import type { Floor } from './floor.ts'
import { residentBytes } from './machine.ts'
import { emptyReport, median, ratio, rounded, show } from './report.ts'
import { describeFaults, onStage, others, usage } from './run.ts'
import { CONTENDERS, type RunningServer } from './servers.ts'
import type { Stage } from './stage.ts'

/** 120,000 deliveries a second to 60 clients: so much for each that a stopped one fills the kernel's buffers within seconds. */
const FLOOR: Floor = { clients: 60, symbols: 200, each: 200 }
const TRADES_PER_SECOND = 2000
const STOPPED = 3
const SETTLE_MS = 10_000

/** `others`: share of a core that programs which are not of the bench used. */
type Phase = { p50: number; p99: number; others: number | null }
type Outcome = { calm: Phase; stalled: Phase; dropped: number; grownMb: number | null }

/** How many clients the node has ended because they took nothing, by its own count. */
const terminated = async ({ port }: RunningServer): Promise<number> => {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  return Number(/watchfloor_terminated_clients_total (\d+)/.exec(text)?.[1] ?? 0)
}

const compare = async (stage: Stage, server: RunningServer, { quick }: BenchOptions): Promise<Outcome> => {
  const { load, feed } = stage
  const stopped = stage.addLoad()
  const clients = { port: server.port, dialect: CONTENDERS.watchfloor.dialect, floor: FLOOR }
  const neighbours = FLOOR.clients - STOPPED
  await load.ask('open', { ...clients, from: 0, to: neighbours })
  await stopped.ask('open', { ...clients, from: neighbours, to: FLOOR.clients })
  await feed.ask('start', { rate: TRADES_PER_SECOND })
  await sleep(3000)

  const phase = async (ms: number): Promise<Phase> => {
    const pids = { server: server.pid, load: load.pid, redis: stage.redis.pid, feed: feed.pid }
    await load.ask('mark', null)
    const before = usage(pids)
    await sleep(ms)
    const { delays } = await load.ask('mark', null)
    const after = usage(pids)
    return { ...delays, others: others(before, after) }
  }
  const calm = await phase(quick ? 6000 : 15_000)
  const before = residentBytes(server.pid)
  process.kill(stopped.pid, 'SIGSTOP')
  // As long as it takes until they are dropped, and some more.
  const stalled = await phase(quick ? 25_000 : 40_000)
  const after = residentBytes(server.pid)
  const dropped = await terminated(server)
  await stopped.kill()

  const { sent } = await feed.ask('stop', null)
  const { faults } = await load.ask('settle', { sent, limitMs: SETTLE_MS }, SETTLE_MS + 30_000)
  const failure = describeFaults(faults)
  if (failure) throw new Error(`neighbours: ${failure}`)
  return { calm, stalled, dropped, grownMb: before === null || after === null ? null : (after - before) / 2 ** 20 }
}

const percent = ({ others: share }: Phase): string => show((share ?? 0) * 100, 0)

/** What clients notice when 5% of the others are stopped processes. */
export const slow: Bench = async (options) => {
  const report = emptyReport()
  const outcomes: Outcome[] = []
  for (let round = 0; round < rounds(options); round++) {
    if (options.signal.aborted) continue
    try {
      const outcome = await onStage(options.machine, 'watchfloor', FLOOR, (stage, server) =>
        compare(stage, server, options),
      )
      const { calm, stalled, dropped } = outcome
      options.say(
        `slow: neighbours' p99 ${show(calm.p99)} ms (others ${percent(calm)}%), with ${STOPPED} of ${FLOOR.clients} stopped ${show(stalled.p99)} ms (others ${percent(stalled)}%), ${dropped} of them dropped`,
      )
      outcomes.push(outcome)
    } catch (error) {
      if (!options.signal.aborted) report.failures.push(`slow: ${(error as Error).message}`)
    }
  }
  const middle = (value: (outcome: Outcome) => number | null): number | null => median(outcomes.map(value))
  report.tables.push({
    title: `Slow clients: ${STOPPED} of ${FLOOR.clients} stopped, 120,000 deliveries/s`,
    head: ['neighbours', 'p50 ms', 'p99 ms', 'stopped clients dropped', "server's RSS grew by MB"],
    rows: [
      ['none stopped', show(middle(({ calm }) => calm.p50)), show(middle(({ calm }) => calm.p99)), '-', '-'],
      [
        `${STOPPED} stopped`,
        show(middle(({ stalled }) => stalled.p50)),
        show(middle(({ stalled }) => stalled.p99)),
        show(
          middle(({ dropped }) => dropped),
          0,
        ),
        show(middle(({ grownMb }) => grownMb)),
      ],
    ],
  })
  report.figures = {
    'slow.p99Ratio': rounded(middle(({ calm, stalled }) => ratio(stalled.p99, calm.p99))),
    'slow.dropped': middle(({ dropped }) => dropped),
    'slow.grownMb': rounded(middle(({ grownMb }) => grownMb)),
  }
  return report
}
