import { z } from 'zod'
import type { Bounds } from '../../wire/cells.ts'
import { COMMAND_STATES } from '../../wire/commands.ts'
import { MAX_LATITUDE } from '../../wire/fleet.ts'
import { DAY, INTERVALS, type Interval } from '../../wire/market.ts'
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
const time = whole(0, Number.MAX_SAFE_INTEGER)
const milliseconds = time.optional()
const text = z.string({ error: 'a text, given once' })

/** A moment of the past, and whether it is told as it was seen then. */
const moment = { at: milliseconds, as: z.literal('seen', { error: 'seen, or nothing' }).optional() }
const seenAtSomeTime = ({ at, as }: { at?: number | undefined; as?: unknown }): boolean =>
  as === undefined || at !== undefined
const SEEN_WHEN = { path: ['as'], error: 'takes a moment (at) besides' }

export const candlesQuery = z
  .object({
    interval: z.enum(Object.keys(INTERVALS) as [Interval, ...Interval[]]).default('1m'),
    limit: whole(1, 1500).default(500),
    before: milliseconds,
    after: milliseconds,
    ...moment,
  })
  .refine(seenAtSomeTime, SEEN_WHEN)
export const trackQuery = z
  .object({
    limit: whole(1, 2000).default(500),
    since: milliseconds,
    until: milliseconds,
    zoom: whole(0, 19).optional(),
    points: whole(1, 20_000).default(5000),
    ...moment,
  })
  .refine(seenAtSomeTime, SEEN_WHEN)
export const symbolsQuery = z.object({ at: milliseconds })
export const messagesQuery = z.object({
  before: whole(1, Number.MAX_SAFE_INTEGER).optional(),
  limit: whole(1, 200).default(50),
})
export const devicesQuery = z.object({
  q: text.max(100).default(''),
  limit: whole(1, 500).default(100),
  after: text.refine(isName, { error: 'the id of a device' }).default(''),
  at: milliseconds,
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

/** A stretch of time, and a rule for it: so many days at the most. */
const stretch = { from: time, to: time }
type Range = { from: number; to: number }
const daysAtMost = (most: number): [(range: Range) => boolean, { path: string[]; error: string }] => [
  ({ from, to }) => to >= from && to - from <= most * DAY,
  { path: ['to'], error: `not before from, and at most ${most} days after it` },
]
export const slicesQuery = z.object(stretch).refine(...daysAtMost(32))
export const fleetQuery = z.object({ at: time })

const NUMBER = '(-?\\d{1,3}(?:\\.\\d{1,15})?)'
const AREA = new RegExp(`^${[NUMBER, NUMBER, NUMBER, NUMBER].join(',')}$`)
const toBounds = (text: string): Bounds => {
  const [west = 0, south = 0, east = 0, north = 0] = (AREA.exec(text) ?? []).slice(1).map(Number)
  return { west, south, east, north }
}
const isArea = ({ west, south, east, north }: Bounds): boolean =>
  west <= east && south <= north && Math.max(-south, north) <= MAX_LATITUDE
const areaError = { error: 'west,south,east,north in degrees, given once' }
const area = text.regex(AREA, areaError).transform(toBounds).refine(isArea, areaError)
export const areaQuery = z.object({ ...stretch, area }).refine(...daysAtMost(7))

/** What a request asks for; throws, naming the parameter that is wrong. */
export const readQuery = <T extends z.ZodType>(type: T, request: { query: unknown }): z.infer<T> => {
  const read = type.safeParse(request.query)
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw new ApiError('bad_request', { more: `${issue?.path.join('.')}: ${issue?.message}` })
}
