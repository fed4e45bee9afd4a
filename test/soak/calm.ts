import { setTimeout as sleep } from 'node:timers/promises'
import { readTruth } from '../support/readers/truth.ts'
import type { CrowdCounts } from './crowd/crowd.ts'
import type { SoakStage } from './stage.ts'
import { AREA, NAMED } from './world.ts'

/**
 * What was found once all was quiet: clients that differ from Redis, some of it in words, and how long it took until
 * none did.
 */
export type Calm = { differences: number; examples: string[]; tookMs: number }

const LIMIT_MS = 20_000
/** Longer than a node keeps a topic that nobody watches. */
const LINGER_MS = 2000

const compareOnce = async (stage: SoakStage): Promise<Omit<Calm, 'tookMs'>> => {
  const truth = await readTruth(stage.direct, NAMED, AREA)
  const each = await Promise.all(stage.crowds.map((crowd) => crowd.ask('compare', { truth })))
  return {
    differences: each.reduce((sum, { different }) => sum + different, 0),
    examples: each.flatMap(({ examples }) => examples).slice(0, 5),
  }
}

/**
 * Stops the feed and sends every client home, and compares each with Redis until none differs: that is allowed {@link
 * LIMIT_MS}, for what Redis and the nodes have just been through may need a reconnect yet. Redis is read anew each
 * time, since the sweeper may still write.
 */
export const calmDown = async (stage: SoakStage): Promise<Calm> => {
  const { waiting } = await stage.feed().ask('pause', null)
  await Promise.all(stage.crowds.map((crowd) => crowd.ask('calm', null)))
  const from = performance.now()
  for (;;) {
    const found = await compareOnce(stage).catch((error: Error) => ({ differences: -1, examples: [error.message] }))
    const tookMs = performance.now() - from
    if (found.differences === 0 && waiting === 0) {
      await sleep(LINGER_MS)
      return { ...found, tookMs }
    }
    if (tookMs > LIMIT_MS) {
      if (waiting > 0) found.examples.push(`the feed could not get rid of ${waiting} items`)
      return { differences: Math.max(1, Math.abs(found.differences)), examples: found.examples, tookMs }
    }
    await sleep(100)
  }
}

/** On with it: the feed publishes, clients change their minds. */
export const goOn = async (stage: SoakStage, each: number): Promise<void> => {
  await stage.feed().ask('resume', null)
  await Promise.all(stage.crowds.map((crowd) => crowd.ask('churn', { each })))
}

/** What all clients have counted together. */
export const countAll = async (stage: SoakStage): Promise<CrowdCounts> => {
  const all = await Promise.all(stage.crowds.map((crowd) => crowd.ask('counts', null)))
  const sum = (of: Exclude<keyof CrowdCounts, 'faults'>): number => all.reduce((total, each) => total + each[of], 0)
  return {
    updates: sum('updates'),
    gaps: sum('gaps'),
    resyncs: sum('resyncs'),
    replays: sum('replays'),
    snapshots: sum('snapshots'),
    connections: sum('connections'),
    changes: sum('changes'),
    faults: all.flatMap(({ faults }) => faults),
  }
}
