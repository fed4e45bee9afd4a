import { setTimeout as sleep } from 'node:timers/promises'
import { type Bench, type BenchOptions, rounds } from './bench.ts'
import type { Floor } from './floor.ts'
import { residentBytes } from './machine.ts'
import { emptyReport, median, ratio, rounded, show } from './report.ts'
import { describeFaults, onStage, others, usage } from './run.ts'
import { CONTENDERS, type RunningServer } from './servers.ts'
import type { Stage } from './stage.ts'

/**
 * 120,000 deliveries a second to 60 clients: so much for each that a stopped one fills the kernel's buffers within
 * seconds.
 */
const FLOOR: Floor = { clients: 60, symbols: 200, each: 200 }
const TRADES_PER_SECOND = 2000
const STOPPED = 3
const SETTLE_MS = 10_000

/** `others`: share of a core that programs which are not of the bench used. */
type Phase = { p50: number; p99: number; others: number | null }
type Outcome = { before: Phase; stalled: Phase; after: Phase; dropped: number; grownMb: number | null }

/** Until compilers and memory have settled, so that the first phase is no worse than the others. */
const WARM_UP_MS = 8000

/** How many clients the node has ended because they took nothing, by its own count. */
const terminated = async ({ port }: RunningServer): Promise<number> => {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  return Number(/watchfloor_terminated_clients_total\{reason="stalled"\} (\d+)/.exec(text)?.[1] ?? 0)
}

const compare = async (stage: Stage, server: RunningServer, { quick }: BenchOptions): Promise<Outcome> => {
  const { load, feed } = stage
  const stopped = stage.addLoad()
  const clients = { port: server.port, dialect: CONTENDERS.watchfloor.dialect, floor: FLOOR }
  const neighbours = FLOOR.clients - STOPPED
  await load.ask('open', { ...clients, from: 0, to: neighbours })
  await stopped.ask('open', { ...clients, from: neighbours, to: FLOOR.clients })
  await feed.ask('start', { rate: TRADES_PER_SECOND })
  await sleep(WARM_UP_MS)

  const phase = async (ms: number): Promise<Phase> => {
    const pids = { server: server.pid, load: load.pid, redis: stage.redis.pid, feed: feed.pid }
    await load.ask('mark', null)
    const used = usage(pids)
    await sleep(ms)
    const { delays } = await load.ask('mark', null)
    return { ...delays, others: others(used, usage(pids)) }
  }
  const before = await phase(quick ? 8000 : 20_000)
  const small = residentBytes(server.pid)
  process.kill(stopped.pid, 'SIGSTOP')
  // As long as it takes until they are dropped, and some more.
  const stalled = await phase(quick ? 25_000 : 40_000)
  const large = residentBytes(server.pid)
  const dropped = await terminated(server)
  await stopped.kill()
  const after = await phase(quick ? 8000 : 20_000)

  const { sent } = await feed.ask('stop', null)
  const { faults } = await load.ask('settle', { sent, limitMs: SETTLE_MS }, SETTLE_MS + 30_000)
  const failure = describeFaults(faults)
  if (failure) throw new Error(`neighbours: ${failure}`)
  return {
    before,
    stalled,
    after,
    dropped,
    grownMb: small === null || large === null ? null : (large - small) / 2 ** 20,
  }
}

const mean = (a: number, b: number): number => (a + b) / 2
/** The neighbours' p99 while nobody was stopped: before and after, since the machine is not the same for long. */
const calmP99 = ({ before, after }: Outcome): number => mean(before.p99, after.p99)

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
      const { before, stalled, after, dropped } = outcome
      options.say(
        `slow: neighbours' p99 ${show(before.p99)} ms (others ${percent(before)}%), with ${STOPPED} of ${FLOOR.clients} stopped ${show(stalled.p99)} ms (others ${percent(stalled)}%), ${dropped} of them dropped, afterwards ${show(after.p99)} ms (others ${percent(after)}%)`,
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
      [
        'none stopped',
        show(middle(({ before, after }) => mean(before.p50, after.p50))),
        show(middle(calmP99)),
        '-',
        '-',
      ],
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
    'slow.p99Ratio': rounded(middle((outcome) => ratio(outcome.stalled.p99, calmP99(outcome)))),
    'slow.dropped': middle(({ dropped }) => dropped),
    'slow.grownMb': rounded(middle(({ grownMb }) => grownMb)),
  }
  return report
}
