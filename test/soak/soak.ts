import { setTimeout as sleep } from 'node:timers/promises'
import type { RedisMode } from '../../redis/address.ts'
import { createRandom, type Random } from '../../simulators/random.ts'
import { eventually } from '../support/eventually.ts'
import { calmDown, countAll, goOn } from './calm.ts'
import type { CrowdCounts } from './crowd/crowd.ts'
import { FAULTS, type Fault, faultDeck } from './faults.ts'
import { growth, type Level, notBack, subscribers, takeLevel } from './level.ts'
import { openSoakStage, type SoakStage } from './stage.ts'

export type SoakOptions = {
  minutes: number
  seed: number
  redis: RedisMode
  /** Only these faults; null for all there are. */
  only: readonly string[] | null
  say: (line: string) => void
  signal: AbortSignal
}

/** The last line of a soak. `memory`: against the level after the first minute, see level.ts. */
export type SoakReport = {
  minutes: number
  seed: number
  redis: RedisMode
  faults: Record<string, number>
  clients: number
  connections: number
  changes: number
  updates: number
  replays: number
  resyncs: number
  gapsTold: number
  /** Comparisons of all clients with Redis, and clients that differed in one. */
  comparisons: number
  differences: number
  /** What a node must never do to a client. */
  violations: number
  /** The longest that clients needed to be whole once all was quiet, in seconds. */
  wholeAfterSeconds: number
  memory: { rss: number; heap: number }
  handles: { before: number; after: number }
  subscriptions: { before: number; after: number }
  logLines: number
  failures: string[]
}

/** What each node watches for itself, `a:access`; and so the channels that Redis has without any client. */
const OWN_TOPICS = 1
const NODES = 3
const CROWDS = 3
const EACH = 30
/** Changes of mind a second, of each client. */
const CHURN = 0.3
/** When the level is taken, and how often all is compared. A short soak has less time for both. */
const LEVEL_MS = 60_000
const COMPARE_EVERY_MS = 60_000
const PAUSE_MS = [1000, 4000] as const
const MOST_GROWTH = 1.1
const READY_MS = 20_000

const allReady = (stage: SoakStage): Promise<unknown> =>
  eventually(
    'every node is ready',
    async () => {
      const statuses = await Promise.all(stage.nodes().map(async ({ url }) => (await fetch(`${url}/readyz`)).status))
      return statuses.every((status) => status === 200)
    },
    { limitMs: READY_MS, everyMs: 100 },
  )

const settled = async (stage: SoakStage): Promise<void> => {
  let waiting: string[] = []
  const whole = async (): Promise<boolean> => {
    waiting = (await Promise.all(stage.crowds.map((crowd) => crowd.ask('state', null)))).flatMap(
      (state) => state.waiting,
    )
    return waiting.length === 0
  }
  await eventually('every client has all it watches', whole, { limitMs: READY_MS, everyMs: 100 }).catch((error) => {
    throw new Error(`${error.message}; ${waiting.length} wait: ${waiting.slice(0, 5).join('; ')}`)
  })
}

type Tally = {
  faults: Record<string, number>
  comparisons: number
  differences: number
  violations: number
  longestMs: number
  failures: string[]
}

const compareAll = async (stage: SoakStage, tally: Tally, say: (line: string) => void): Promise<CrowdCounts> => {
  const { differences, examples, tookMs } = await calmDown(stage)
  const counts = await countNow(stage, tally, say)
  tally.comparisons++
  tally.differences += differences
  tally.longestMs = Math.max(tally.longestMs, tookMs)
  say(`compared: ${differences} differences, whole after ${(tookMs / 1000).toFixed(1)} s, ${counts.gaps} gaps told`)
  for (const example of examples) say(`  DIFFERS: ${example.slice(0, 600)}`)
  return counts
}

const MOST_SHOWN = 5

/** What clients have counted, and what they saw of which they should never see any. */
const countNow = async (stage: SoakStage, tally: Tally, say: (line: string) => void): Promise<CrowdCounts> => {
  const counts = await countAll(stage)
  tally.violations += counts.faults.length
  for (const fault of counts.faults.slice(0, MOST_SHOWN)) say(`  NEVER: ${fault.slice(0, 600)}`)
  return counts
}

/** Says how things stand every ten seconds; answers how to stop that. */
const startProgress = (stage: SoakStage, tally: Tally, say: (line: string) => void): (() => void) => {
  const tell = async (): Promise<void> => {
    const { updates, gaps, changes } = await countNow(stage, tally, say)
    const states = await Promise.all(stage.crowds.map((crowd) => crowd.ask('state', null)))
    const whole = states.reduce((sum, { clients, waiting }) => sum + clients - waiting.length, 0)
    say(`${whole} clients are whole, ${changes} changes, ${updates} updates, ${gaps} gaps told`)
  }
  // A crowd that is stopped answers later.
  const timer = setInterval(() => void tell().catch(() => {}), PROGRESS_MS)
  return () => clearInterval(timer)
}
const PROGRESS_MS = 10_000

/** One fault after the other, with a while in between, until the time is up. */
const breakThings = async (
  stage: SoakStage,
  { signal, say, redis, only }: SoakOptions,
  random: Random,
  tally: Tally,
  untilMs: number,
): Promise<void> => {
  const faults: Record<string, Fault> = FAULTS[redis]
  const next = faultDeck(only ?? Object.keys(faults), random)
  let compareAt = performance.now() + COMPARE_EVERY_MS
  while (performance.now() < untilMs) {
    signal.throwIfAborted()
    const name = next()
    const from = performance.now()
    tally.faults[name] = (tally.faults[name] ?? 0) + 1
    say(name)
    try {
      await faults[name]?.(stage, random)
      await allReady(stage)
    } catch (error) {
      tally.failures.push(`${name}: ${(error as Error).message}`)
      throw error
    }
    say(`${name}: ready again after ${((performance.now() - from) / 1000).toFixed(1)} s`)
    await sleep(PAUSE_MS[0] + random.next() * (PAUSE_MS[1] - PAUSE_MS[0]), undefined, { signal })
    if (performance.now() < compareAt || untilMs - performance.now() < COMPARE_EVERY_MS / 2) continue
    await compareAll(stage, tally, say)
    await goOn(stage, CHURN)
    compareAt = performance.now() + COMPARE_EVERY_MS
  }
}

/** Everybody leaves: nothing may be left of them. */
const emptied = async (stage: SoakStage): Promise<string[]> => {
  await Promise.all(stage.crowds.map((crowd) => crowd.ask('leave', null)))
  let left: Level | null = null
  const gone = async (): Promise<boolean> => {
    left = await takeLevel(stage)
    const idle = left.nodes.every(({ clients, watches, topics }) => clients + watches === 0 && topics === OWN_TOPICS)
    return left.channels === OWN_TOPICS && idle
  }
  const done = await eventually('all is let go', gone, { limitMs: 10_000, everyMs: 500 }).catch(() => false)
  return done ? [] : [`after all left: ${JSON.stringify(left)}; ${await subscribers(stage.direct)}`]
}

const handlesOf = ({ nodes }: Level): number => nodes.reduce((sum, { handles, files }) => sum + (files ?? handles), 0)

/** Runs a soak and answers what came of it; throws where it could not go on. Ends all that it started either way. */
export const runSoak = async (options: SoakOptions): Promise<SoakReport> => {
  const { minutes, seed, redis, say, signal } = options
  const random = createRandom(seed)
  const stage = await openSoakStage({ mode: redis, nodes: NODES, crowds: CROWDS, each: EACH, seed })
  const abort = (): void => void stage.end()
  signal.addEventListener('abort', abort)
  const tally: Tally = { faults: {}, comparisons: 0, differences: 0, violations: 0, longestMs: 0, failures: [] }
  let stopProgress = (): void => {}
  try {
    await settled(stage)
    const until = performance.now() + minutes * 60_000
    stopProgress = startProgress(stage, tally, say)
    await goOn(stage, CHURN)
    await sleep(Math.min(LEVEL_MS, minutes * 60_000 * 0.3), undefined, { signal })
    await compareAll(stage, tally, say)
    const before = await takeLevel(stage)
    say(`level: ${describe(before)}`)
    await goOn(stage, CHURN)
    await breakThings(stage, options, random, tally, until)
    const counts = await compareAll(stage, tally, say)
    const after = await takeLevel(stage)
    say(`level: ${describe(after)}`)
    tally.failures.push(...notBack(before, after), ...(await emptied(stage)))
    const memory = growth(before, after)
    // V8 takes its time to find its size: a short soak says nothing of memory.
    if (minutes >= 5 && Math.max(memory.rss, memory.heap) > MOST_GROWTH)
      tally.failures.push(`memory is ${memory.rss.toFixed(2)} times (heap ${memory.heap.toFixed(2)} times) its level`)
    return {
      minutes,
      seed,
      redis,
      faults: tally.faults,
      clients: CROWDS * EACH,
      connections: counts.connections,
      changes: counts.changes,
      updates: counts.updates,
      replays: counts.replays,
      resyncs: counts.resyncs,
      gapsTold: counts.gaps,
      comparisons: tally.comparisons,
      differences: tally.differences,
      violations: tally.violations,
      wholeAfterSeconds: Math.round(tally.longestMs / 10) / 100,
      memory: { rss: Math.round(memory.rss * 1000) / 1000, heap: Math.round(memory.heap * 1000) / 1000 },
      handles: { before: handlesOf(before), after: handlesOf(after) },
      subscriptions: { before: before.channels, after: after.channels },
      logLines: stage.logLines(),
      failures: tally.failures,
    }
  } finally {
    stopProgress()
    signal.removeEventListener('abort', abort)
    await stage.end()
  }
}

const describe = ({ nodes, channels, connections }: Level): string => {
  const each = nodes.map(
    ({ rss, heap, files, topics }) =>
      `${rss.toFixed(0)} MB (heap ${heap.toFixed(0)}), ${files} files, ${topics} topics`,
  )
  return `${each.join(' | ')}; ${channels} channels, ${connections} connections`
}
