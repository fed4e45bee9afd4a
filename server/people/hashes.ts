import { callFunction } from '../../redis/call.ts'
import { isAnswer } from '../../redis/errors.ts'
import { ACCESS, topicKeys, topicPart } from '../../wire/topics.ts'
import type { Commands } from '../redis/deployment.ts'
import type { Unreadable } from '../redis/unreadable.ts'
import { type KeptAWhile, keepAWhile } from './kept.ts'
import type { Hash, Strange } from './rows.ts'

export type StorePorts = {
  /** Unix milliseconds. */
  now: () => number
  /** An id that nobody guesses. */
  id: () => string
  unreadable: Unreadable
}

/** There is no room for one more; the message says of what. */
export class Full extends Error {}

type HashPart = 'people' | 'invitations' | 'shares' | 'arrivals'
type RowsIn<Row> = (hash: Hash, strange: Strange) => Row[]

/** What is kept of people in Redis, as the parts of the store reach it. */
export type Hashes = ReturnType<typeof openHashes>

/** Lists are read for all who ask within so long (ms). */
const KEPT_MS = 1000
const FULL = /^WFFULL (.*)$/
const keys = topicKeys(ACCESS)
const keyOf = (part: HashPart): string => topicPart(ACCESS, part)

export const openHashes = (redis: Commands, { now, id, unreadable }: StorePorts) => {
  const strange =
    (part: HashPart): Strange =>
    (text) =>
      unreadable(keyOf(part), `holds ${text.slice(0, 100)}`)
  const all = async <Row>(part: HashPart, rowsIn: RowsIn<Row>): Promise<Row[]> =>
    rowsIn(await redis.hgetall(keyOf(part)), strange(part))
  return {
    now,
    id,
    /** Makes a call of the library. Rejects with {@link Full} where that is why it is refused. */
    run: (name: string, ...args: (string | number)[]): Promise<unknown> =>
      callFunction(redis, { name, keys, args }).catch((error) => {
        const [, why] = (isAnswer(error) && FULL.exec((error as Error).message)) || []
        throw why ? new Full(why) : error
      }),
    all,
    /** All rows, kept for a while. */
    list: <Row>(part: HashPart, rowsIn: RowsIn<Row>): KeptAWhile<Row[]> =>
      keepAWhile(() => all(part, rowsIn), KEPT_MS, now),
    /** One row, with what lies beside it; null where there is none. */
    one: async <Row>(part: HashPart, rowsIn: RowsIn<Row>, of: string): Promise<Row | null> => {
      const fields = ['', ':used', ':opened', ':revoked'].map((beside) => `${of}${beside}`)
      const values = await redis.hmget(keyOf(part), ...fields)
      const found = fields.flatMap((field, i) => (values[i] ? [[field, values[i]]] : []))
      return rowsIn(Object.fromEntries(found), strange(part))[0] ?? null
    },
    forget: async (part: HashPart, fields: readonly string[]): Promise<void> => {
      if (fields.length > 0) await redis.hdel(keyOf(part), ...fields)
    },
  }
}
