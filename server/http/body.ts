import type { Request } from 'express'
import type { z } from 'zod'
import { within } from '../../redis/within.ts'
import { ApiError } from './errors.ts'
import { workOf } from './handler.ts'

/** As much of a request as has a body. */
export type Incoming = Pick<Request, 'headers' | 'iterator' | 'res'>

/** The longest body, in bytes. */
export const MOST_BODY_BYTES = 8 * 1024
/** For a body to be whole, in milliseconds: sooner than the server itself gives a request up, which tells nothing. */
const WHOLE_WITHIN_MS = 5000

const JSON_TYPE = /^application\/json\s*(?:;\s*charset="?utf-8"?\s*)?$/i
/** What was not read of a body would be taken for the next request. */
const CLOSE = { Connection: 'close' }

const tooLong = (): ApiError =>
  new ApiError('bad_request', { status: 413, more: `A body has at most ${MOST_BODY_BYTES} bytes.`, headers: CLOSE })
const broken = (): ApiError => new ApiError('bad_request', { more: 'The body did not come whole.', headers: CLOSE })
const noJson = (): ApiError => new ApiError('bad_request', { more: 'The body is not JSON in UTF-8.' })

/** What a request brings, checked; throws where it is not that. JSON only, and short. */
export const readBody = async <T extends z.ZodType>(request: Incoming, shape: T): Promise<z.output<T>> => {
  const { headers, res: response } = request
  if (response === undefined) throw new TypeError('A request without its response')
  if (!JSON_TYPE.test(headers['content-type'] ?? ''))
    throw new ApiError('bad_request', { status: 415, more: 'A body must be application/json.', headers: CLOSE })
  if (Number(headers['content-length'] ?? 0) > MOST_BODY_BYTES) throw tooLong()
  if (headers.expect !== undefined) response.writeContinue()
  const reading = readBytes(request)
  reading.catch(() => {}) // it may fail once nobody waits for it any more
  const bytes = await within(WHOLE_WITHIN_MS, reading, () => {
    throw new ApiError('bad_request', { status: 408, more: 'The body came too slowly.', headers: CLOSE })
  })
  const read = await workOf(response)(() => shape.safeParse(parse(bytes)))
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw new ApiError('bad_request', { more: `${issue?.path.join('.') || 'body'}: ${issue?.message}` })
}

const readBytes = async (request: Incoming): Promise<Buffer> => {
  const pieces: Buffer[] = []
  let length = 0
  try {
    // It must not be destroyed where it is not read to its end: the response goes by the same connection.
    for await (const piece of request.iterator({ destroyOnReturn: false })) {
      pieces.push(piece)
      length += piece.length
      if (length > MOST_BODY_BYTES) throw tooLong()
    }
  } catch (error) {
    throw error instanceof ApiError ? error : broken()
  }
  return Buffer.concat(pieces)
}

const parse = (bytes: Buffer): unknown => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw noJson()
  }
}
