import type { Request } from 'express'
import type { z } from 'zod'
import { within } from '../../redis/within.ts'
import { ApiError } from './errors.ts'
import { workOf } from './handler.ts'

/** As much of a request as has a body. */
export type Incoming = Pick<Request, 'headers' | 'iterator' | 'res'>

/** The longest body, in bytes. */
export const MOST_BODY_BYTES = 8 * 1024
/** The same of what a device sends, and of a list of devices. */
export const MOST_REPORT_BYTES = 256 * 1024
export const MOST_LIST_BYTES = 1024 * 1024
/** For a body to be whole, in milliseconds: sooner than the server itself gives a request up, which tells nothing. */
const WHOLE_WITHIN_MS = 5000

const UTF8 = String.raw`\s*(?:;\s*charset="?utf-8"?\s*)?$`
/** What was not read of a body would be taken for the next request. */
const CLOSE = { Connection: 'close' }

/** A sort of body: its type, what that is called, and how many bytes it may have. */
export type Sort = { type: RegExp; called: string; most: number }
/** Bodies of a type that says no other letters than UTF-8. */
export const sortOf = (called: string, most: number): Sort => ({
  type: new RegExp(`^${called}${UTF8}`, 'i'),
  called,
  most,
})
const SHORT_JSON = sortOf('application/json', MOST_BODY_BYTES)

const tooLong = (most: number): ApiError =>
  new ApiError('bad_request', { status: 413, more: `A body has at most ${most} bytes.`, headers: CLOSE })
const broken = (): ApiError => new ApiError('bad_request', { more: 'The body did not come whole.', headers: CLOSE })
const noJson = (): ApiError => new ApiError('bad_request', { more: 'The body is not JSON in UTF-8.' })
const noText = (): ApiError => new ApiError('bad_request', { more: 'The body is not UTF-8.' })
const other = (more: string): ApiError => new ApiError('bad_request', { status: 415, more, headers: CLOSE })

/**
 * What `read` makes of the text that a request brings; throws where that is of another sort, too long, too slow or not
 * UTF-8.
 */
export const readText = async <T>(
  request: Incoming,
  { type, called, most }: Sort,
  read: (text: string) => T,
): Promise<T> => {
  const { headers, res: response } = request
  if (response === undefined) throw new TypeError('A request without its response')
  if (!type.test(headers['content-type'] ?? '')) throw other(`A body must be ${called}, in UTF-8.`)
  if (!/^(?:identity)?$/i.test(headers['content-encoding'] ?? '')) throw other('A body must not be compressed.')
  if (Number(headers['content-length'] ?? 0) > most) throw tooLong(most)
  if (headers.expect !== undefined) response.writeContinue()
  const reading = readBytes(request, most)
  reading.catch(() => {}) // it may fail once nobody waits for it any more
  const bytes = await within(WHOLE_WITHIN_MS, reading, () => {
    throw new ApiError('bad_request', { status: 408, more: 'The body came too slowly.', headers: CLOSE })
  })
  return workOf(response)(() => read(decode(bytes)))
}

/** What a request brings, checked; throws where it is not that. JSON only, and short unless it says otherwise. */
export const readBody = async <T extends z.ZodType>(
  request: Incoming,
  shape: T,
  sort: Sort = SHORT_JSON,
): Promise<z.output<T>> => {
  const read = await readText(request, sort, (text) => shape.safeParse(parse(text)))
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw new ApiError('bad_request', { more: `${issue?.path.join('.') || 'body'}: ${issue?.message}` })
}

const readBytes = async (request: Incoming, most: number): Promise<Buffer> => {
  const pieces: Buffer[] = []
  let length = 0
  try {
    // It must not be destroyed where it is not read to its end: the response goes by the same connection.
    for await (const piece of request.iterator({ destroyOnReturn: false })) {
      pieces.push(piece)
      length += piece.length
      if (length > most) throw tooLong(most)
    }
  } catch (error) {
    throw error instanceof ApiError ? error : broken()
  }
  return Buffer.concat(pieces)
}

const decode = (bytes: Buffer): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw noText()
  }
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw noJson()
  }
}
