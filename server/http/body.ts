import type { Request, Response } from 'express'
import type { z } from 'zod'
import { within } from '../../redis/within.ts'
import { ApiError } from './errors.ts'

/** The longest body: an invitation's grants, or a token. In bytes. */
export const MOST_BODY_BYTES = 8 * 1024
/** For a body to be whole, in milliseconds. */
const WHOLE_WITHIN_MS = 10_000
const JSON_TYPE = /^application\/json(?: *; *charset="?utf-8"?)?$/i

/** What a request brings, of this shape; throws where it brings anything else. Its connection ends with the answer. */
export const readBody = async <T>(shape: z.ZodType<T>, request: Request, response: Response): Promise<T> => {
  const { 'content-type': type = '', 'content-encoding': encoding, expect } = request.headers
  // No form of another page can send this type without asking first.
  if (!JSON_TYPE.test(type) || encoding !== undefined)
    throw new ApiError('bad_request', { status: 415, more: 'The body must be application/json.' })
  if (expect !== undefined) response.writeContinue()
  const read = shape.safeParse(parse(await receive(request)))
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw new ApiError('bad_request', { more: `${issue?.path.join('.') || 'body'}: ${issue?.message}` })
}

/** How long it is, was looked at before (methods.ts), and no more of it is read than that. */
const receive = async (request: Request): Promise<string> => {
  const pieces: Buffer[] | null = await within(WHOLE_WITHIN_MS, request.toArray(), () => null).catch(() => null)
  if (pieces === null) throw new ApiError('bad_request', { status: 408, more: 'The body did not come.' })
  return Buffer.concat(pieces).toString()
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw new ApiError('bad_request', { more: 'The body is no JSON.' })
  }
}
