import { z } from 'zod'

/*
 * Long lists and tables, as clients send them. zod's own check every item and collect every fault; these count first
 * and stop at the first fault, so that a wrong message costs no more than a right one.
 */

type Context = z.core.$RefinementCtx

const refuse = (context: Context, input: unknown, message: string): never => {
  context.issues.push({ code: 'custom', input, message })
  return z.NEVER
}

/** The value of one item; undefined, with the fault told, where it is wrong. */
const readItem = <T extends z.ZodType>(item: T, input: unknown, key: string | number, context: Context) => {
  const read = item.safeParse(input)
  if (read.success) return read
  const [fault] = read.error.issues
  context.issues.push({ code: 'custom', input, message: fault?.message ?? '', path: [key, ...(fault?.path ?? [])] })
  return null
}

/** An array of at most so many. */
export const listOf = <T extends z.ZodType>(item: T, most: number) =>
  z.unknown().transform((input, context): z.output<T>[] => {
    if (!Array.isArray(input)) return refuse(context, input, 'must be an array')
    if (input.length > most) return refuse(context, input, `takes at most ${most}`)
    const values: z.output<T>[] = []
    for (const [index, each] of input.entries()) {
      const read = readItem(item, each, index, context)
      if (!read) return z.NEVER
      values.push(read.data)
    }
    return values
  })

/** An object of at most so many values of a kind, by any names. */
export const tableOf = <T extends z.ZodType>(value: T, most: number) =>
  z.unknown().transform((input, context): Record<string, z.output<T>> => {
    if (typeof input !== 'object' || input === null || Array.isArray(input))
      return refuse(context, input, 'must be an object')
    const entries = Object.entries(input)
    if (entries.length > most) return refuse(context, input, `takes at most ${most}`)
    const values: Record<string, z.output<T>> = Object.create(null)
    for (const [key, each] of entries) {
      const read = readItem(value, each, key, context)
      if (!read) return z.NEVER
      values[key] = read.data
    }
    return values
  })
