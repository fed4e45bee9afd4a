import type { Redis } from 'ioredis'
import { wordsOf } from '../../../redis/call.ts'
import type { Call } from '../../../wire/calls.ts'

export type Command = readonly [name: string, ...args: (string | number | Buffer)[]]

/** Commands or calls sent together: Redis reads them, and answers, in one go. */
const TOGETHER = 100

export const commandOf = (call: Call): Command => ['FCALL', ...wordsOf(call)]

/**
 * Processor time that Redis's main thread has used, in microseconds: what its background threads write to disk is not
 * in it.
 */
export const mainThreadMicros = async (redis: Redis): Promise<number> => {
  const info = await redis.info('cpu')
  const seconds = (name: string) => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(info)?.[1])
  return (seconds('used_cpu_user_main_thread') + seconds('used_cpu_sys_main_thread')) * 1e6
}

/**
 * Sends groups of commands, a hundred groups a pipeline; returns the replies in their order. Rejects with the first
 * error.
 */
export const send = async (redis: Redis, groups: readonly (readonly Command[])[]): Promise<unknown[]> => {
  const answers: unknown[] = []
  for (let i = 0; i < groups.length; i += TOGETHER) {
    const pipeline = redis.pipeline()
    for (const [name, ...args] of groups.slice(i, i + TOGETHER).flat()) pipeline.call(name, ...args)
    for (const [error, answer] of (await pipeline.exec()) ?? []) {
      if (error) throw error
      answers.push(answer)
    }
  }
  return answers
}
