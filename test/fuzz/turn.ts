import { platform } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Failures } from './failures.ts'
import { uncaughtLines } from './health.ts'
import type { FuzzStage } from './stage.ts'
import type { Outcome, Surface, Target } from './surface.ts'
import { count, type Tally } from './tally.ts'

export type TurnPorts = {
  stage: FuzzStage
  failures: Failures
  /** Cases a second, at the most: what is looked for is a case that harms, not how many are too many. */
  pace: number
  signal: AbortSignal
}
type Run = { number: number | string; value: unknown }

/** Cases that ended so shortly before a node died may have killed it too. */
const MOST_RECENT = 12
/** A node that a case killed is dead by then. */
const DIES_MS = 400

let connections = 0
/** Linux takes all of 127.0.0.0/8 for itself; elsewhere all cases come from one address. */
const nextAddress = (): string | undefined => {
  if (platform() !== 'linux') return undefined
  const at = connections++ % (2 ** 22 - 1)
  return `127.${1 + (at >> 15)}.${(at >> 7) & 255}.${2 + (at & 127)}`
}

const targetOf = (stage: FuzzStage): Target => ({
  port: stage.node().port,
  closedPort: stage.closed().port,
  linesPort: stage.linesPort,
  redis: stage.redis,
  reader: stage.reader(),
  from: nextAddress(),
})

const runCase = async ({ stage }: TurnPorts, surface: Surface, value: unknown): Promise<Outcome> => {
  try {
    return await surface.run(targetOf(stage), value)
  } catch (error) {
    // Who reads files did not come back from one.
    if (surface.name === 'replay') await stage.restartReader()
    return { refusals: [], cut: false, sent: null, faults: [`it threw: ${(error as Error).message.slice(0, 300)}`] }
  }
}

/** Runs one case by itself, counts what came of it, and keeps what failed. */
const one = async (ports: TurnPorts, surface: Surface, seed: number, run: Run, tally: Tally): Promise<void> => {
  const { stage, failures } = ports
  const node = stage.node()
  const since = stage.said().map(({ length }) => length)
  const outcome = await runCase(ports, surface, run.value)
  count(tally, outcome)
  if (!stage.isAlive() || node !== stage.node()) return
  const uncaught = stage
    .said(since)
    .flatMap(uncaughtLines)
    .map((line) => `meanwhile: ${line}`)
  const faults = [...outcome.faults, ...uncaught]
  if (faults.length > 0) failures.add(surface.name, seed, run.number, run.value, faults, outcome.sent)
}

const lastWords = (output: string): string => {
  const lines = output.trim().split('\n')
  const thrown = lines.findLastIndex((line) => /^\S*(Error|Exception)\b/.test(line))
  return lines
    .slice(thrown < 0 ? -4 : thrown, thrown < 0 ? undefined : thrown + 4)
    .join(' | ')
    .slice(0, 500)
}

/** The node died: starts another, and finds which of these cases ends it by itself. */
const findCulprit = async (ports: TurnPorts, surface: Surface, seed: number, suspects: Run[]): Promise<void> => {
  const { stage, failures } = ports
  const words = stage.said().map(lastWords).join(' / ')
  await stage.restart()
  for (const { number, value } of suspects) {
    const { sent } = await runCase(ports, surface, value)
    await sleep(DIES_MS)
    if (stage.isAlive()) continue
    failures.add(surface.name, seed, number, value, [`the node died: ${words}`], sent)
    await stage.restart()
    return
  }
  const numbers = suspects.map(({ number }) => number).join(', ')
  failures.add(surface.name, seed, numbers.slice(0, 60), suspects, [`the node died, of none alone: ${words}`], null)
}

/** Runs what once failed, one after the other. */
export const runCorpus = async (ports: TurnPorts, surface: Surface, tally: Tally): Promise<void> => {
  for (const [number, value] of Object.entries(surface.corpus)) {
    const run = { number, value }
    await one(ports, surface, 0, run, tally)
    await sleep(50)
    if (!ports.stage.isAlive()) await findCulprit(ports, surface, 0, [run])
  }
}

/** Runs cases from a number on until the time is up. Returns the next number. */
export const runTurn = async (
  ports: TurnPorts,
  surface: Surface,
  { seed, from, forMs }: { seed: number; from: number; forMs: number },
  tally: Tally,
): Promise<number> => {
  const { stage, signal, pace } = ports
  const until = performance.now() + forMs
  let turnAt = performance.now()
  /** Resolves when the next case may begin. */
  const turn = async (): Promise<void> => {
    turnAt = Math.max(turnAt + 1000 / pace, performance.now())
    await sleep(Math.max(0, turnAt - performance.now()))
  }
  let next = from
  const begun = new Map<number, Run>()
  const recent: Run[] = []
  const lane = async (): Promise<void> => {
    while (performance.now() < until && stage.isAlive() && !signal.aborted) {
      await turn()
      const number = next++
      const run = { number, value: surface.make(seed, number) }
      begun.set(number, run)
      await one(ports, surface, seed, run, tally)
      if (!stage.isAlive()) return
      begun.delete(number)
      recent.unshift(run)
      recent.length = Math.min(recent.length, MOST_RECENT)
    }
  }
  while (performance.now() < until && !signal.aborted) {
    await Promise.all(Array.from({ length: surface.lanes }, lane))
    if (stage.isAlive() || signal.aborted) continue
    await findCulprit(ports, surface, seed, [...begun.values(), ...recent])
    begun.clear()
    recent.length = 0
  }
  return next
}

/** Runs one case by its number, as often as it takes to see it fail again. */
export const runOne = async (
  ports: TurnPorts,
  surface: Surface,
  seed: number,
  number: string,
  tally: Tally,
): Promise<void> => {
  const named = Object.hasOwn(surface.corpus, number)
  const value = named ? surface.corpus[number] : surface.make(seed, Number(number))
  const run = { number, value }
  await one(ports, surface, seed, run, tally)
  await sleep(DIES_MS)
  if (!ports.stage.isAlive()) await findCulprit(ports, surface, seed, [run])
}
