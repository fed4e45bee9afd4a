import { ERROR_CODES, type ErrorCode } from '../../wire/protocol.ts'
import { jsonReply, type Reply } from './reply.ts'

const STATUS = {
  bad_request: 400,
  bad_topic: 400,
  not_watched: 400,
  view_too_wide: 400,
  not_found: 404,
  unknown_symbol: 404,
  unknown_device: 404,
  wrong_method: 405,
  wrong_host: 421,
  too_many_watches: 429,
  rate_limited: 429,
  unavailable: 503,
} as const satisfies Record<ErrorCode, number>

type Details = {
  /** Added to the code's own words. */
  more?: string
  /** Where the code has several. */
  status?: number
  headers?: Record<string, string>
}

/** An expected failure of a request, answered with its code. */
export class ApiError extends Error {
  readonly code: ErrorCode
  readonly status: number
  readonly headers: Record<string, string>
  constructor(code: ErrorCode, { more, status = STATUS[code], headers = {} }: Details = {}) {
    super(more ? `${ERROR_CODES[code]} ${more}` : ERROR_CODES[code])
    this.code = code
    this.status = status
    this.headers = headers
  }
}

/** A failure as JSON. What is not expected means, on these routes, that Redis could not be asked. */
export const errorReply = ({ code, message, status, headers }: ApiError): Reply =>
  jsonReply({ error: { code, message } }, status, { 'Cache-Control': 'no-store', ...headers })
