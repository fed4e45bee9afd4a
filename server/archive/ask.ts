import { slotOf } from '../../redis/slots.ts'
import type { Commands } from '../redis/deployment.ts'

/** Makes one command about a key, together with all others of the same moment. Rejects with what Redis said. */
export type Ask = (key: string, command: string, ...args: readonly (string | number)[]) => Promise<unknown>

type Asked = {
  key: string
  words: readonly [string, ...(string | number)[]]
  done: (reply: unknown) => void
  fail: (error: Error) => void
}

/** Few enough that reading their answers does not hold up what clients wait for. */
const AT_ONCE = 100

/** Asks Redis in pipelines, one to each server: a topic at a time would wait for each answer. */
export const createAsk = (redis: Commands): Ask => {
  let waiting: Asked[] = []
  const flush = (): void => {
    const groups = Map.groupBy(waiting, ({ key }) => serversOf(redis, key))
    waiting = []
    for (const group of groups.values()) void runAll(redis, group)
  }
  return (key, command, ...args) =>
    new Promise((done, fail) => {
      waiting.push({ key, words: [command, key, ...args], done, fail })
      if (waiting.length === 1) void Promise.resolve().then(flush)
    })
}

/** What may go into one pipeline: on a Cluster the keys that the same servers hold, as far as ioredis knows. */
const serversOf = (redis: Commands, key: string): string =>
  'slots' in redis ? (redis.slots[slotOf(key)]?.join() ?? '') : ''

const runAll = async (redis: Commands, group: readonly Asked[]): Promise<void> => {
  for (let i = 0; i < group.length; i += AT_ONCE) await runSome(redis, group.slice(i, i + AT_ONCE))
}

const runSome = async (redis: Commands, some: readonly Asked[]): Promise<void> => {
  const pipeline = redis.pipeline()
  for (const { words } of some) pipeline.call(...words)
  const replies = await pipeline.exec().catch((error: Error) => some.map((): [Error] => [error]))
  await Promise.all(
    some.map(async ({ words, done, fail }, i) => {
      const [error, value] = replies?.[i] ?? [new Error('No answer')]
      if (!error) return done(value)
      // A pipeline does not follow slots that move on a Cluster; a command of its own does.
      if (!('slots' in redis)) return fail(error)
      await redis.call(...words).then(done, fail)
    }),
  )
}
