import { type Commands, primariesOf } from './deployment.ts'

const COUNT = 500

/** Keys that match a pattern, from each primary, some at a time; the same may come twice. */
export const scanKeys = async function* (redis: Commands, pattern: string): AsyncGenerator<string[]> {
  for (const primary of primariesOf(redis)) {
    let cursor = '0'
    do {
      const [next, keys] = await primary.scan(cursor, 'MATCH', pattern, 'COUNT', COUNT)
      yield keys
      cursor = next
    } while (cursor !== '0')
  }
}
