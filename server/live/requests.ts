import { z } from 'zod'
import { ERROR_CODES, type ErrorCode, type WireError } from '../../wire/protocol.ts'

/** The most topics that one message may name. */
export const MOST_IN_A_MESSAGE = 2000

const cursor = z.object({ epoch: z.string().max(32), seq: z.int().min(0) })
const degrees = z.number().min(-1080).max(1080)
const bounds = z
  .object({ west: degrees, south: z.number().min(-90).max(90), east: degrees, north: z.number().min(-90).max(90) })
  .refine(({ west, east, south, north }) => west <= east && south <= north)

const tuning = { mode: z.enum(['every', 'latest']).optional(), rate: z.number().min(0.1).max(60).optional() }
/** Any text: one that no topic can have is answered `bad_topic`, for itself. */
const name = z.string()

/** What clients may send; everything else is `bad_request`. */
export const watchRequest = z.object({
  topics: z
    .array(z.object({ topic: name, cursor: cursor.optional(), ...tuning }))
    .max(MOST_IN_A_MESSAGE)
    .optional(),
  view: z
    .object({ bounds, cursors: z.record(name, cursor).optional(), ...tuning })
    .nullable()
    .optional(),
})
export const unwatchRequest = z.object({ topics: z.array(name).max(MOST_IN_A_MESSAGE) })
export const tuneRequest = z.object({
  topics: z
    .array(z.object({ topic: name, ...tuning }))
    .max(MOST_IN_A_MESSAGE)
    .optional(),
  view: z.object(tuning).optional(),
})

/** A typed error as clients get it; `more` says what was wrong where the code does not say it all. */
export const wireError = (code: ErrorCode, more?: string): WireError => ({
  code,
  message: more ? `${ERROR_CODES[code]} ${more}` : ERROR_CODES[code],
})

/** What a failed check says, in one line. */
export const explain = (error: z.ZodError): string => {
  const [issue] = error.issues
  return issue ? `${issue.path.join('.') || 'message'}: ${issue.message}` : ''
}
