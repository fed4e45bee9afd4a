import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Child, startProgram } from '../../start/child.ts'
import type { Topic } from '../../wire/topics.ts'
import { type Ask, asker } from '../bench/calls.ts'
import { inherited, ROOT } from '../support/environment.ts'
import { eventually } from '../support/eventually.ts'
import { createFeed } from '../support/feed.ts'
import { type Feeder, startFeeder } from '../support/feeder.ts'
import { BOUNDS } from '../support/load.ts'
import type { TestNode } from '../support/node.ts'
import { readTruth } from '../support/readers/truth.ts'
import { startSingleRedis } from '../support/redis.ts'
import type { RedisClient } from '../support/redis-client.ts'
import { startVictim } from './nodes.ts'
import type { ReaderCalls } from './reader/reader.ts'
import { WATCHED } from './shapes/requests.ts'
import type { WitnessCalls } from './witness/witness.ts'

/** What trades and moves while the fuzzer works: a floor under normal load. */
const SYMBOLS = Array.from({ length: 20 }, (_, i) => `LIVE${i}`)
const DEVICES = Array.from({ length: 10 }, (_, i) => `live-${i}`)
const EVERY_MS = 100
const READERS = 3
/** So many numbers a feed has for itself, until it is stopped for a comparison. */
const NUMBERS = 10_000_000
const TOPICS: Topic[] = [
  ...SYMBOLS.map((symbol): Topic => `s:${symbol}`),
  ...DEVICES.map((id): Topic => `d:${id}`),
  `s:${WATCHED}`,
]

type Process<Calls extends Record<string, (argument: never) => unknown>> = {
  ask: Ask<Calls>
  pid: number
  kill: Child['kill']
}

const start = <Calls extends Record<string, (argument: never) => unknown>>(
  what: string,
  args: string[] = [],
): Process<Calls> => {
  const child = startProgram(what, [`test/fuzz/${what}/main.ts`, ...args], {
    cwd: ROOT,
    env: inherited(),
    output: 'errors',
  })
  return { ask: asker<Calls>(child.process), pid: child.process.pid ?? 0, kill: child.kill }
}

/** A real Redis, real nodes, a feed under normal load, and witnesses; each a process of its own. */
export type FuzzStage = {
  redis: RedisClient
  /** The one that everybody uses, and one that lets nobody in without a token. */
  node: () => TestNode
  closed: () => TestNode
  linesPort: number
  /** What each of them has written, since they had written so many letters. */
  said: (since?: readonly number[]) => string[]
  /** Whether both still run. */
  isAlive: () => boolean
  /** Starts others in the place of those that died. */
  restart: () => Promise<void>
  reader: () => Ask<ReaderCalls>
  /** Starts another, where the last did not come back from a file. */
  restartReader: () => Promise<void>
  witness: Ask<WitnessCalls>
  /** Stops the feed, compares what all witnesses hold with Redis, and goes on. Returns what differs, in words. */
  compare: () => Promise<string[]>
  end: () => Promise<void>
}

const startLiveFeed = async (url: string, generation: number): Promise<Feeder> => {
  const feeder = startFeeder()
  const options = { symbols: SYMBOLS, devices: DEVICES, everyMs: EVERY_MS, seed: generation + 1 }
  await feeder.ask('start', { url, ...options, firstId: 1 + generation * NUMBERS })
  return feeder
}

const settled = async (witness: Ask<WitnessCalls>): Promise<void> => {
  await eventually('every witness has all that it watches', async () => (await witness('settled', null)) === READERS, {
    everyMs: 200,
  })
}

const compareNow = async (redis: RedisClient, witness: Ask<WitnessCalls>): Promise<string[]> => {
  let examples: string[] = []
  const same = async (): Promise<boolean> => {
    const truth = await readTruth(redis, TOPICS, BOUNDS)
    const compared = await witness('compare', { truth })
    examples = compared.examples
    return compared.different === 0
  }
  await eventually('all witnesses hold what Redis holds', same, { limitMs: 30_000, everyMs: 300 }).catch(() => {})
  const { faults } = await witness('report', null)
  return [...examples, ...faults]
}

export const openFuzzStage = async (): Promise<FuzzStage> => {
  const closes: (() => Promise<unknown>)[] = []
  const end = async (): Promise<void> => {
    for (const close of closes.splice(0).reverse()) await close().catch(() => {})
  }
  try {
    const server = await startSingleRedis()
    closes.push(server.stop)
    const redis = server.client()
    const victims = await Promise.all([startVictim(server.url, 'open'), startVictim(server.url, 'invitations')])
    for (const victim of victims) closes.push(victim.kill)
    const [{ node, linesPort }, { node: closed }] = victims
    await createFeed(redis).describe(WATCHED)
    let generation = 0
    let feeder = await startLiveFeed(server.url, generation)
    closes.push(() => feeder.kill())
    const folder = await mkdtemp(join(tmpdir(), 'watchfloor-fuzz-'))
    closes.push(() => rm(folder, { recursive: true, force: true }))
    let reader = start<ReaderCalls>('reader', [folder])
    closes.push(() => reader.kill())
    const witness = start<WitnessCalls>('witness')
    closes.push(witness.kill)
    await witness.ask('open', { url: node().url, count: READERS, wants: { topics: TOPICS, bounds: BOUNDS } })
    await witness.ask('probe', { url: node().url, topics: SYMBOLS.map((symbol) => `s:${symbol}`) })
    await settled(witness.ask)
    return {
      redis,
      node,
      closed,
      linesPort,
      isAlive: () => victims.every(({ isAlive }) => isAlive()),
      restart: async () => {
        for (const { isAlive, restart } of victims) if (!isAlive()) await restart()
      },
      said: (since = [0, 0]) => victims.map((victim, i) => victim.node().output().slice(since[i])),
      reader: () => reader.ask,
      restartReader: async () => {
        await reader.kill()
        reader = start<ReaderCalls>('reader', [folder])
      },
      witness: witness.ask,
      compare: async () => {
        await feeder.ask('stop', null)
        await feeder.kill()
        const differences = await compareNow(redis, witness.ask)
        feeder = await startLiveFeed(server.url, ++generation)
        return differences
      },
      end,
    }
  } catch (error) {
    await end()
    throw error
  }
}
