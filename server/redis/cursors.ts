import type { Cursor } from '../../wire/protocol.ts'
import type { Topic } from '../../wire/topics.ts'
import type { Commands } from './deployment.ts'
import { readFields } from './fields.ts'

/** Where topics are in Redis; null for those that do not exist. */
export const readCursors =
  (redis: Commands) =>
  async (topics: readonly Topic[]): Promise<(Cursor | null)[]> => {
    const states = await readFields(redis, topics, ['epoch', 'seq'])
    return states.map((values) => {
      const [epoch = null, seq] = values ?? []
      return epoch === null ? null : { epoch, seq: Number(seq) }
    })
  }
