import type { Redis } from 'ioredis'
import { emptySnapshot } from '../../../server/kinds/kinds.ts'
import { parseBytes } from '../../../server/live/bytes.ts'
import { createReader } from '../../../server/redis/read.ts'
import type { Call } from '../../../wire/calls.ts'
import type { Cursor, Update } from '../../../wire/protocol.ts'
import { type Topic, topicKey } from '../../../wire/topics.ts'
import { eventually } from '../../support/eventually.ts'
import { startRedis, type TestRedis } from '../../support/redis.ts'
import { hearChannel, sayOnChannel } from '../../support/redis-channel.ts'
import { installEverywhere } from '../../support/redis-everywhere.ts'

/** What wf1_market and wf1_device answer. */
export type Reply = { seq: number; epoch: string; accepted: number; repeats: number; rest: string[] }

/** What was published on one topic's channel since it was listened to. */
export type Listener = {
  texts: string[]
  /** All updates published before this call, in order, each read by JSON.parse. */
  updates: () => Promise<Update[]>
  stop: () => Promise<void>
}

/** The answer of a reader, its body parsed. */
export type Read<Snapshot> =
  | { kind: 'missing' }
  | { kind: 'current'; cursor: Cursor }
  | { kind: 'replay'; cursor: Cursor; updates: Update[] }
  | { kind: 'snapshot'; cursor: Cursor; snapshot: Snapshot }

export const toReply = (answer: unknown): Reply => {
  const [seq, epoch, accepted, repeats, ...rest] = answer as [number, string, number, number, ...string[]]
  return { seq, epoch, accepted, repeats, rest }
}

/** A real Redis with the function library, and what the tests of it do. */
export const startFloor = async (settings: readonly string[] = []) => {
  const server: TestRedis = await startRedis(settings)
  const redis = server.client()
  const ear = server.client()
  ear.setMaxListeners(0)
  await installEverywhere(redis).catch(async (error) => {
    await server.stop() // no test holds it yet
    throw error
  })
  const read = createReader(redis as Redis)
  let topics = 0
  let barriers = 0

  /** Runs one call; rejects with Redis's error. */
  const run = ({ name, keys, args }: Call): Promise<unknown> => redis.call('FCALL', name, keys.length, ...keys, ...args)

  /** Runs calls without waiting in between, those of a topic in order; rejects with the first error. */
  const runAll = (calls: readonly Call[]): Promise<unknown[]> => Promise.all(calls.map(run))

  const listen = async (topic: Topic): Promise<Listener> => {
    const channel = topicKey(topic)
    const texts: string[] = []
    const stop = await hearChannel(ear, channel, (text) => texts.push(text))
    return {
      texts,
      updates: async () => {
        const barrier = `barrier ${++barriers}`
        await sayOnChannel(redis, channel, barrier)
        await eventually('the barrier', () => texts.includes(barrier), { everyMs: 1 })
        texts.splice(texts.indexOf(barrier), 1)
        return texts.map((text) => JSON.parse(text) as Update)
      },
      stop,
    }
  }

  const readAs = async <Snapshot>(topic: Topic, after: Cursor | null = null): Promise<Read<Snapshot>> => {
    const result = await read(topic, after)
    if (result.kind === 'missing') return result
    const { kind, cursor } = result
    if (kind === 'current') return { kind, cursor }
    if (kind === 'replay') return { kind, cursor, updates: result.updates.map((text) => parseBytes<Update>(text)) }
    return { kind, cursor, snapshot: parseBytes<Snapshot>(result.snapshot) }
  }

  return {
    server,
    redis,
    run,
    runAll,
    listen,
    read: readAs,
    /** The state at a cursor; that of a topic which does not exist is empty, at 0. */
    snapshot: async <Snapshot>(topic: Topic): Promise<{ cursor: Cursor; snapshot: Snapshot }> => {
      const result = await readAs<Snapshot>(topic)
      if (result.kind === 'snapshot') return result
      return { cursor: { epoch: '', seq: 0 }, snapshot: JSON.parse(emptySnapshot(topic)) as Snapshot }
    },
    /** A name that no topic of this Redis has yet. */
    fresh: (prefix: string): string => `${prefix}${++topics}`,
    stop: () => server.stop(),
  }
}
export type Floor = Awaited<ReturnType<typeof startFloor>>
