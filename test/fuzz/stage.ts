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
import { startNode, type TestNode } from '../support/node.ts'
import { readTruth } from '../support/readers/truth.ts'
import { startSingleRedis } from '../support/redis.ts'
import type { RedisClient } from '../support/redis-client.ts'
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

const NODE_ENV = {
  HEARTBEAT_MS: '1000',
  LINGER_MS: '1000',
  // As `npm run server` starts it, and with a way to collect its garbage.
  NODE_OPTIONS: `--max-semi-space-size=8 --import=${new URL('../soak/collect/main.ts', import.meta.url).href}`,
}

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

/** A real Redis, a real node, a feed under normal load, and witnesses; each a process of its own. */
export type FuzzStage = {
  redis: RedisClient
  node: () => TestNode
  /** Whether the node that was started last still runs. */
  isAlive: () => boolean
  /** Starts another in the place of one that died. */
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
    let node = await startNode({ redisUrl: server.url, env: NODE_ENV })
    let alive = true
    const follow = (): void => {
      const followed = node
      alive = true
      void node.ended.then(() => {
        if (followed === node) alive = false
      })
    }
    follow()
    closes.push(() => node.kill())
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
    await witness.ask('open', { url: node.url, count: READERS, wants: { topics: TOPICS, bounds: BOUNDS } })
    await witness.ask('probe', { url: node.url, topics: SYMBOLS.map((symbol) => `s:${symbol}`) })
    await settled(witness.ask)
    return {
      redis,
      node: () => node,
      isAlive: () => alive,
      restart: async () => {
        const { port } = node
        await node.kill()
        node = await startNode({ redisUrl: server.url, env: NODE_ENV, port })
        follow()
      },
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
