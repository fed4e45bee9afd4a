import { setTimeout as sleep } from 'node:timers/promises'
import { createFailures, type Failures } from './failures.ts'
import { containedFaults, restedMemory, uncaughtLines } from './health.ts'
import type { FuzzReport, SurfaceResult } from './report.ts'
import { type FuzzStage, openFuzzStage } from './stage.ts'
import type { Surface } from './surface.ts'
import { newTally, refusalsText } from './tally.ts'
import { runCorpus, runOne, runTurn, type TurnPorts } from './turn.ts'
import type { Look } from './witness/probe.ts'

export type FuzzOptions = {
  minutes: number
  seed: number
  surfaces: readonly Surface[]
  /** Only the case of this number, or of this name in the corpus; null: all there is time for. */
  only: string | null
  /** Cases a second, at the most. */
  pace: number
  say: (line: string) => void
  /** Called once all the other programs run. */
  staged?: () => void
  signal: AbortSignal
}

/** A turn is no longer than this, so that each surface has several, and one's harm shows in the next. */
const LONGEST_TURN_MS = 45_000
const WARM_UP_MS = 4000
/** Of the time, for quiet; and how long a node may rest before its memory is taken. */
const QUIET_SHARE = 0.12
const REST_MS = 5000

type Progress = { results: SurfaceResult[]; quiet: Look[]; next: Map<string, number> }

/**
 * Whatever came between, the witnesses are right, the node is the one that was started, and caught all that it threw.
 */
const checkNode = async (
  { stage, failures }: TurnPorts,
  { name }: Surface,
  seed: number,
  since: readonly number[],
): Promise<void> => {
  const differences = await stage.compare()
  if (differences.length > 0) failures.add(name, seed, 'witness', null, differences, null)
  const uncaught = stage.said(since).flatMap(uncaughtLines)
  if (uncaught.length > 0) failures.add(name, seed, 'log', null, uncaught, null)
}

/** A quiet while, and then one surface for a while; how live data fared in both. */
const playTurn = async (
  ports: TurnPorts,
  result: SurfaceResult,
  seed: number,
  forMs: number,
  progress: Progress,
): Promise<void> => {
  const { stage, signal } = ports
  const { surface, tally } = result
  result.before ??= await restedMemory(stage)
  await stage.witness('look', null)
  await sleep(forMs * QUIET_SHARE, undefined, { signal })
  progress.quiet.push(await stage.witness('look', null))
  const said = stage.said().map(({ length }) => length)
  const from = progress.next.get(surface.name) ?? 0
  progress.next.set(
    surface.name,
    await runTurn(ports, surface, { seed, from, forMs: forMs * (1 - QUIET_SHARE) }, tally),
  )
  result.looks.push(await stage.witness('look', null))
  await checkNode(ports, surface, seed, said)
  result.after = await restedMemory(stage)
}

const warmUp = async (ports: TurnPorts, { results, next }: Progress, seed: number): Promise<void> => {
  for (const { surface, tally } of results) {
    await runCorpus(ports, surface, tally)
    next.set(surface.name, await runTurn(ports, surface, { seed, from: 0, forMs: WARM_UP_MS }, tally))
  }
}

const playAll = async (
  ports: TurnPorts,
  { minutes, seed, say, signal }: FuzzOptions,
  progress: Progress,
): Promise<void> => {
  const { results } = progress
  const until = performance.now() + minutes * 60_000
  const rounds = Math.max(1, Math.ceil((minutes * 60_000) / results.length / LONGEST_TURN_MS))
  for (let round = 0; round < rounds && !signal.aborted; round++)
    for (const [place, result] of results.entries()) {
      const left = (rounds - round) * results.length - place
      if (signal.aborted) return
      await playTurn(ports, result, seed, Math.max(2000, (until - performance.now()) / left), progress)
      const look = result.looks.at(-1)
      say(
        `${result.surface.name}: ${result.tally.cases.toLocaleString('en')} cases; p99 ${look?.p99.toFixed(1)} ms, ` +
          `longest ${look?.longest.toFixed(0)} ms; ${result.after?.toFixed(0)} MB; ${refusalsText(result.tally, 3)}`,
      )
    }
}

const reportOf = async (
  stage: FuzzStage,
  failures: Failures,
  { seed, minutes }: FuzzOptions,
  { results, quiet }: Progress,
  memory: FuzzReport['memory'],
): Promise<FuzzReport> => ({
  seed,
  minutes,
  results,
  quiet,
  memory,
  failures: failures.all(),
  kinds: failures.kinds(),
  contained: await containedFaults(stage.node().url, stage.node().output()),
})

/** Fuzzes a node under normal load and answers what came of it. Ends all that it started. */
export const runFuzz = async (options: FuzzOptions): Promise<FuzzReport> => {
  const { seed, surfaces, only, pace, say, signal } = options
  const stage = await openFuzzStage()
  options.staged?.()
  try {
    const failures = createFailures(say)
    const ports: TurnPorts = { stage, failures, pace, signal }
    const results = surfaces.map(
      (surface): SurfaceResult => ({ surface, tally: newTally(), looks: [], before: null, after: null }),
    )
    const progress: Progress = { results, quiet: [], next: new Map() }
    if (only !== null) {
      for (const { surface, tally } of results) await runOne(ports, surface, seed, only, tally)
      return await reportOf(stage, failures, options, progress, { before: null, after: null })
    }
    await warmUp(ports, progress, seed)
    await sleep(REST_MS, undefined, { signal })
    const before = await restedMemory(stage)
    await playAll(ports, options, progress)
    await sleep(REST_MS)
    return await reportOf(stage, failures, options, progress, { before, after: await restedMemory(stage) })
  } finally {
    await stage.end()
  }
}
