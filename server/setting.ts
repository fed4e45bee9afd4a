import { z } from 'zod'

const blankIsUnset = (value: unknown): unknown => (value === '' ? undefined : value)

/** A setting of a node: an environment variable; one that is blank is not set. */
export const setting = <T extends z.ZodType>(type: T) => z.preprocess(blankIsUnset, type)

/** Several values, comma separated. */
export const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean),
)
