import fc from 'fast-check'
import { ACCESS } from '../../../wire/topics.ts'
import type { RedisClient } from '../../support/redis-client.ts'
import { corpus } from '../corpus/library.ts'
import { type LibraryCall, libraryCall } from '../shapes/calls.ts'
import { clean, runCommand, SCRATCH_TOPICS } from '../shapes/commands.ts'
import { defineSurface } from '../surface.ts'
import { stateFaults } from '../wire/topic-state.ts'

/** Calls of the function library, one after the other, into topics that are empty at first. */
export type LibraryCase = { calls: LibraryCall[] }

/** What docs/add-a-feed.md names, and Redis's own word for a call that it does not even begin. */
const DOCUMENTED = /^(WF[A-Z]+) |^(ERR Number of keys|ERR wrong number of arguments|ERR Function not found)/
/** Redis serves nobody meanwhile. Whatever a call is given, it may take no more of Redis's processor than this. */
export const STANDS_STILL_MS = 400

/** Processor time that Redis has used to serve, in milliseconds: unlike a clock, the same on a busy machine. */
const processorTime = async (redis: RedisClient): Promise<number> => {
  const info = await redis.info('cpu')
  const of = (field: string): number => Number(new RegExp(`${field}:([\\d.]+)`).exec(info)?.[1] ?? 0)
  return (of('used_cpu_user_main_thread') + of('used_cpu_sys_main_thread')) * 1000
}

const judge = (name: string, answer: unknown): { refusals: string[]; faults: string[] } => {
  if (!(answer instanceof Error)) return { refusals: [], faults: [] }
  const [documented, code, words] = DOCUMENTED.exec(answer.message) ?? []
  if (documented !== undefined) return { refusals: [code ?? words ?? ''], faults: [] }
  return { refusals: [], faults: [`${name}: ${answer.message}`] }
}

export const library = defineSurface('library', {
  about: 'arguments of the function library',
  lanes: 1,
  shapes: fc.record({ calls: fc.array(libraryCall, { minLength: 1, maxLength: 6 }) }),
  corpus,
  run: async ({ redis }, { calls }: LibraryCase) => {
    const refusals: string[] = []
    const faults: string[] = []
    await clean(redis)
    for (const { name, keys, args } of calls) {
      const began = await processorTime(redis)
      const judged = judge(name, await runCommand(redis, ['FCALL', name, String(keys.length), ...keys, ...args]))
      const took = (await processorTime(redis)) - began
      if (took > STANDS_STILL_MS) faults.push(`${name} with ${args.length} arguments took ${Math.round(took)} ms`)
      refusals.push(...judged.refusals)
      faults.push(...judged.faults)
    }
    for (const topic of [...SCRATCH_TOPICS, ACCESS]) faults.push(...(await stateFaults(redis, topic)))
    await clean(
      redis,
      calls.flatMap(({ keys }) => keys.filter((key) => !/^wf:\{symbols\}$|LIVE|live|WATCHED|access/.test(key))),
    )
    return { refusals, faults, cut: false, sent: null }
  },
})
