import { type Topic, topicKey } from '../../wire/topics.ts'
import type { Values } from '../kinds/kind.ts'
import type { Commands } from './deployment.ts'
import { readFields } from './fields.ts'
import type { Unreadable } from './unreadable.ts'

/**
 * One row a topic, made of fields of its state by `toRow`. A topic whose state is not what the function library writes
 * (`toRow` throws a {@link StrangeField}) is reported and left out: the others must not suffer for it.
 */
export const readRows = async <T extends Topic, Row>(
  redis: Commands,
  topics: readonly T[],
  fields: readonly string[],
  toRow: (topic: T, values: Values) => Row | null,
  unreadable: Unreadable,
): Promise<Row[]> => {
  const states = await readFields(redis, topics, fields)
  const rows: Row[] = []
  for (const [i, topic] of topics.entries()) {
    const row = unlessStrange(
      (why) => unreadable(topicKey(topic), why),
      () => {
        const values = states[i]
        if (!values) throw new StrangeField('is no hash')
        return toRow(topic, values)
      },
    )
    if (row !== null) rows.push(row)
  }
  return rows
}

/** A field that is not what the function library writes. */
export class StrangeField extends Error {}

/** Returns what `read` reads; null where that is strange, and `strange` hears why. */
export const unlessStrange = <T>(strange: (why: string) => void, read: () => T): T | null => {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof StrangeField)) throw error
    strange(error.message)
    return null
  }
}

/**
 * JSON that the function library wrote, an object with these numbers; null where nothing is there. Throws where it is
 * anything else.
 */
export const parseField = <T extends object>(
  text: string | null | undefined,
  numbers: readonly (keyof T & string)[],
): T | null => {
  if (text === null || text === undefined || text === '') return null
  const value = parseJson(text)
  const isWhole =
    typeof value === 'object' &&
    value !== null &&
    numbers.every((name) => typeof (value as Record<string, unknown>)[name] === 'number')
  if (!isWhole) throw new StrangeField(`holds ${text.slice(0, 100)}`)
  return value as T
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
