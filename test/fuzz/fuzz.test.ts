import { afterAll, beforeAll, expect, it } from 'vitest'
import { createFailures, type Failures } from './failures.ts'
import { restedMemory, uncaughtLines } from './health.ts'
import { FLOOR_MB, MOST_GROWTH } from './report.ts'
import { type FuzzStage, openFuzzStage } from './stage.ts'
import { SURFACES } from './surfaces.ts'
import { newTally } from './tally.ts'
import { runCorpus, runTurn, type TurnPorts } from './turn.ts'

/** Always these, and others each time. */
const SEEDS = [2026, Date.now() % 1_000_000]
/** A minute for all, whatever they are. */
const EACH_MS = 28_000 / SURFACES.length
/** What a node that is so young may still grow by while it finds its size, in MB. */
const YOUNG_MB = 40
const said: string[] = []

let stage: FuzzStage
const pidsOf = (): number[] => [stage.node(), stage.closed()].map(({ pid }) => pid)
let failures: Failures
let ports: TurnPorts
let before: number | null
let pids: number[]

beforeAll(async () => {
  stage = await openFuzzStage()
  failures = createFailures((line) => said.push(line))
  ports = { stage, failures, pace: 200, signal: new AbortController().signal }
  pids = pidsOf()
  before = await restedMemory(stage)
})
afterAll(() => stage.end())

it.each(SURFACES)('$name: $about', async (surface) => {
  const from = failures.all().length
  const tally = newTally()
  await runCorpus(ports, surface, tally)
  for (const seed of SEEDS) await runTurn(ports, surface, { seed, from: 0, forMs: EACH_MS }, tally)
  expect(failures.all().slice(from), said.join('\n')).toEqual([])
  expect(tally.cases).toBeGreaterThan(Object.keys(surface.corpus).length + 10)
})

it('left the node as it was, and others whole', async () => {
  expect(await stage.compare(), `seeds ${SEEDS}`).toEqual([])
  expect(pidsOf()).toEqual(pids)
  expect(stage.isAlive()).toBe(true)
  expect(stage.said().flatMap(uncaughtLines)).toEqual([])
  const after = await restedMemory(stage)
  if (before !== null && after !== null) expect(after).toBeLessThan(before * MOST_GROWTH + FLOOR_MB + YOUNG_MB)
})
