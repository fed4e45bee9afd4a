import { setTimeout as sleep } from 'node:timers/promises'
import type { Cursor } from '../../wire/protocol.ts'
import type { Topic } from '../../wire/topics.ts'
import { eventually } from '../support/eventually.ts'
import type { Reader } from '../support/readers/reader.ts'
import { readTruth } from '../support/readers/truth.ts'
import type { RedisClient } from '../support/redis-client.ts'

type Cursors = Map<Topic, Cursor>

const LOOK_MS = 100
const READ_MS = 2000

/** Whether a reader is between where a topic stood some moments ago and where it stands now: it follows. */
const follows = (at: Cursor, was: Cursor, is: Cursor): boolean =>
  at.epoch === was.epoch && at.epoch === is.epoch && at.seq >= was.seq && at.seq <= is.seq

type Following = {
  readers: readonly Reader[]
  topics: readonly Topic[]
  redis: RedisClient
  /** Lives of the topics' counters that must be over: what is followed is news. */
  over?: ReadonlySet<string>
}

/** The lives that the topics' counters are in, as a reader knows them. */
export const epochsOf = (reader: Reader | undefined): Set<string> =>
  new Set([...(reader?.holdings.values() ?? [])].map(({ cursor }) => cursor?.epoch ?? ''))

/**
 * Resolves once every reader follows these topics while they move, in the life of the counter that Redis has them in;
 * answers when that was (`performance.now`). Where Redis does not answer nobody follows.
 */
export const allFollow = async ({ readers, topics, redis, over }: Following): Promise<number> => {
  const read = async (): Promise<Cursors> => {
    const truth = await Promise.race([readTruth(redis, topics), sleep(READ_MS, null, { ref: false })])
    if (truth === null) throw new Error('Redis does not answer')
    return new Map(truth.map(({ topic, cursor }) => [topic, cursor]))
  }
  let is: Cursors = new Map()
  await eventually(
    'every reader follows',
    async () => {
      const was = is
      const held = readers.map(({ holdings }) => topics.map((topic) => holdings.get(topic)?.cursor))
      is = await read()
      for (const [k, topic] of topics.entries()) {
        const [from, to] = [was.get(topic), is.get(topic)]
        const lagging = held.flatMap((cursors, i) => {
          const at = cursors[k]
          const lags = !at || !from || !to || over?.has(at.epoch) || !follows(at, from, to)
          return lags ? [`${i} (${readers[i]?.holdings.get(topic)?.phase}) at ${JSON.stringify(at)}`] : []
        })
        if (lagging.length > 0)
          throw new Error(`${topic} is at ${JSON.stringify(to)}, was at ${JSON.stringify(from)}; readers ${lagging}`)
      }
      return true
    },
    { everyMs: LOOK_MS },
  )
  return performance.now()
}
