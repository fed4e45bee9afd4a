import type { ErrorRequestHandler, RequestHandler } from 'express'
import type { Logger } from 'pino'
import { ERROR_CODES, type ErrorCode } from '../../wire/protocol.ts'
import { type Faults, isOwnFault } from '../faults.ts'

const STATUS = {
  bad_request: 400,
  bad_topic: 400,
  not_signed_in: 401,
  not_allowed: 403,
  not_watched: 400,
  view_too_wide: 400,
  bad_command: 400,
  not_found: 404,
  unknown_symbol: 404,
  unknown_device: 404,
  wrong_method: 405,
  too_many: 409,
  wrong_host: 421,
  too_many_watches: 429,
  too_many_commands: 429,
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

export const notFound: RequestHandler = () => {
  throw new ApiError('not_found')
}

/** What a failure says to whoever asked. */
export const errorBody = ({ code, message }: ApiError) => ({ error: { code, message } })

/** Sends failures as JSON. An unexpected one means, on these routes, that Redis could not be asked. */
export const errorHandler =
  (log: Logger, faults: Faults, refused: (code: ErrorCode) => void): ErrorRequestHandler =>
  (error, _request, response, _next) => {
    const known = error instanceof ApiError ? error : ofExpress(error)
    if (known !== error) log.debug({ error: String(error) }, 'request failed')
    if (known.code === 'unavailable' && isOwnFault(error)) faults.caught('http.request', error)
    refused(known.code)
    if (response.headersSent) response.destroy()
    else {
      // What was said already of a file that is not sent.
      for (const name of ['ETag', 'Last-Modified']) response.removeHeader(name)
      response
        .status(known.status)
        .set({ 'Cache-Control': 'no-store', ...known.headers })
        .type('json')
        .json(errorBody(known))
    }
  }

/** express and what it is built on give errors of requests a status, and some of them headers. */
const ofExpress = (error: unknown): ApiError => {
  const { status, headers = {} } = (error ?? {}) as { status?: unknown; headers?: Record<string, string> }
  if (typeof status !== 'number' || status < 400 || status >= 500) return new ApiError('unavailable')
  return new ApiError(status === 404 ? 'not_found' : 'bad_request', { status, headers })
}
