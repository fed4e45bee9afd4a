import { z } from 'zod'

/** Nothing in an update that would be taken for something else: one with a snapshot is a resync. */
const none = z.undefined().optional()
const body = { candles: none, last: none, snapshot: none }

/** An update with these fields, and whatever a newer function library adds. */
export const updateShape = <Fields extends z.ZodRawShape>(fields: Fields) => z.looseObject({ ...body, ...fields })

/** Reads JSON of such a shape; null where it is anything else. */
export const readJson = <T>(shape: z.ZodType<T>, text: string): T | null => {
  try {
    return shape.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}
