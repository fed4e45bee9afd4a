import type { Commands } from '../../../server/redis/deployment.ts'

type Hash = Record<string, string>

/**
 * As much of a Redis as lists are read by: hashes by their keys; anything else is of another type. `asked`: the
 * commands so far.
 */
export const fakeRedis = (keys: Map<string, Hash | string>) => {
  const asked: string[] = []
  const read = (key: string): Hash => {
    const value = keys.get(key)
    if (typeof value === 'string') throw new Error('WRONGTYPE Operation against a key holding the wrong kind of value')
    return value ?? {}
  }
  const hmget = (key: string, fields: string[]) => fields.map((field) => read(key)[field] ?? null)
  const told = <T>(command: string, answer: () => T): Promise<T> => {
    asked.push(command)
    return Promise.resolve().then(answer)
  }
  const redis = {
    hgetall: (key: string) => told('hgetall', () => ({ ...read(key) })),
    hmget: (key: string, ...fields: string[]) => told('hmget', () => hmget(key, fields)),
    hlen: (key: string) => told('hlen', () => Object.keys(read(key)).length),
    scan: (cursor: string, _match: string, pattern: string) =>
      told('scan', () => {
        const [head = '', tail = ''] = pattern.split('*')
        const all = [...keys.keys()].filter((key) => key.startsWith(head) && key.endsWith(tail))
        const middle = all.length >> 1
        return cursor === '0' ? ['1', all.slice(0, middle + 1)] : ['0', all.slice(middle)]
      }),
    pipeline: () => {
      const queued: (() => unknown)[] = []
      return {
        hmget: (key: string, ...fields: string[]) => queued.push(() => hmget(key, fields)),
        exec: () =>
          told('pipeline', () =>
            queued.map((each) => {
              try {
                return [null, each()]
              } catch (error) {
                return [error, null]
              }
            }),
          ),
      }
    },
  }
  return { redis: redis as unknown as Commands, asked }
}
