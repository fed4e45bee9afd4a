import { z } from 'zod'
import { COMMAND_STATES } from '../../wire/commands.ts'
import { INTERVALS, type Interval } from '../../wire/market.ts'
import { isName } from '../../wire/topics.ts'
import { ApiError } from './errors.ts'

/** A whole number, given once and in digits: what is empty or half a number is a mistake that a default would hide. */
const whole = (least: number, most: number) => {
  const error = `a whole number from ${least} to ${most}, given once`
  return z
    .string({ error })
    .regex(/^\d{1,16}$/, { error })
    .transform(Number)
    .pipe(z.number().min(least, { error }).max(most, { error }))
}
const milliseconds = whole(0, Number.MAX_SAFE_INTEGER).optional()
const text = z.string({ error: 'a text, given once' })

export const candlesQuery = z.object({
  interval: z.enum(Object.keys(INTERVALS) as [Interval, ...Interval[]]).default('1m'),
  limit: whole(1, 1500).default(500),
  before: milliseconds,
})
export const trackQuery = z.object({ limit: whole(1, 2000).default(500), since: milliseconds })
export const messagesQuery = z.object({
  before: whole(1, Number.MAX_SAFE_INTEGER).optional(),
  limit: whole(1, 200).default(50),
})
export const devicesQuery = z.object({
  q: text.max(100).default(''),
  limit: whole(1, 500).default(100),
  after: text.refine(isName, { error: 'the id of a device' }).default(''),
})
export const commandsQuery = z.object({
  before: whole(1, Number.MAX_SAFE_INTEGER).optional(),
  limit: whole(1, 100).default(50),
})
export const orderDevicesQuery = z.object({
  limit: whole(1, 500).default(100),
  state: z.enum(COMMAND_STATES, { error: `one of ${COMMAND_STATES.join(', ')}` }).optional(),
  after: text.refine(isName, { error: 'the id of a device' }).optional(),
})
export const recordQuery = z.object({
  limit: whole(1, 200).default(50),
  before: whole(1, Number.MAX_SAFE_INTEGER).optional(),
})

/** What a request asks for; throws, naming the parameter that is wrong. */
export const readQuery = <T extends z.ZodType>(type: T, request: { query: unknown }): z.infer<T> => {
  const read = type.safeParse(request.query)
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw new ApiError('bad_request', { more: `${issue?.path.join('.')}: ${issue?.message}` })
}
