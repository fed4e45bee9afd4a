import { z } from 'zod'
import { MAX_VIEW_CELLS } from '../../wire/cells.ts'
import { isGroup, MAX_VIEW_GROUPS } from '../../wire/groups.ts'
import { type ClientToServer, ERROR_CODES, type ErrorCode, type WireError } from '../../wire/protocol.ts'
import { listOf, tableOf } from './first-fault.ts'

/** The events that clients may send. */
export const REQUESTS = ['watch', 'unwatch', 'tune'] as const satisfies (keyof ClientToServer)[]

/** The most topics that one message may name. */
export const MOST_IN_A_MESSAGE = 2000

const cursor = z.object({ epoch: z.string().max(32), seq: z.int().min(0) })
const degrees = z.number().min(-1080).max(1080)
export const bounds = z
  .object({ west: degrees, south: z.number().min(-90).max(90), east: degrees, north: z.number().min(-90).max(90) })
  .refine(({ west, east, south, north }) => west <= east && south <= north)

const tuning = { mode: z.enum(['every', 'latest']).optional(), rate: z.number().min(0.1).max(60).optional() }
/** Any text: one that no topic can have is answered `bad_topic`, for itself. */
const name = z.string()

export const group = z.string().refine(isGroup, { error: 'must be the name of a group' })

/** What clients may send; everything else is `bad_request`. */
export const watchRequest = z.object({
  topics: listOf(z.object({ topic: name, cursor: cursor.optional(), ...tuning }), MOST_IN_A_MESSAGE).optional(),
  view: z
    .object({
      bounds,
      groups: listOf(group, MAX_VIEW_GROUPS).optional(),
      cursors: tableOf(cursor, MAX_VIEW_CELLS).optional(),
      ...tuning,
    })
    .nullable()
    .optional(),
})
export const unwatchRequest = z.object({ topics: listOf(name, MOST_IN_A_MESSAGE) })
export const tuneRequest = z.object({
  topics: listOf(z.object({ topic: name, ...tuning }), MOST_IN_A_MESSAGE).optional(),
  view: z.object(tuning).optional(),
})

/** A typed error as clients get it; `more` says what was wrong where the code does not say it all. */
export const wireError = (code: ErrorCode, more?: string): WireError => ({
  code,
  message: more ? `${ERROR_CODES[code]} ${more}` : ERROR_CODES[code],
})

/** What is answered for a topic of a request that is refused. */
export const refused = (topic: string, code: 'bad_topic' | 'not_watched') =>
  ({ topic, kind: 'error', error: wireError(code) }) as const

export const RATE_LIMITED = { error: wireError('rate_limited') }

/** A request as it came, checked: what it says, or why it is none. */
export const readRequest = <T>(shape: z.ZodType<T>, input: unknown): { data: T } | { error: WireError } => {
  const read = shape.safeParse(input)
  if (read.success) return { data: read.data }
  const [issue] = read.error.issues
  const more = issue && `${issue.path.join('.') || 'message'}: ${issue.message}`
  return { error: wireError('bad_request', more) }
}
