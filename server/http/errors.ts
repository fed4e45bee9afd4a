import type { ErrorRequestHandler, RequestHandler } from 'express'
import type { Logger } from 'pino'
import { ERROR_CODES, type ErrorCode } from '../../wire/protocol.ts'
import { type Faults, isOwnFault } from '../faults.ts'

const STATUS = {
  bad_request: 400,
  bad_topic: 400,
  not_watched: 400,
  view_too_wide: 400,
  not_found: 404,
  unknown_symbol: 404,
  unknown_device: 404,
  too_many_watches: 429,
  rate_limited: 429,
  unavailable: 503,
} as const satisfies Record<ErrorCode, number>

/** An expected failure of a request, answered with its code; `more` is added to the code's own words. */
export class ApiError extends Error {
  readonly code: ErrorCode
  constructor(code: ErrorCode, more?: string) {
    super(more ? `${ERROR_CODES[code]} ${more}` : ERROR_CODES[code])
    this.code = code
  }
}

export const notFound: RequestHandler = () => {
  throw new ApiError('not_found')
}

/** Answers failures as JSON. What is not expected means, on these routes, that Redis could not be asked. */
export const errorHandler =
  (log: Logger, faults: Faults, refused: (code: ErrorCode) => void): ErrorRequestHandler =>
  (error, _request, response, _next) => {
    const known = error instanceof ApiError ? error : new ApiError(isBadRequest(error) ? 'bad_request' : 'unavailable')
    if (known !== error) log.debug({ error: String(error) }, 'request failed')
    if (known.code === 'unavailable' && isOwnFault(error)) faults.caught('http.request', error)
    refused(known.code)
    response.status(STATUS[known.code]).json({ error: { code: known.code, message: known.message } })
  }

/** express's own errors of malformed requests carry a status. */
const isBadRequest = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'status' in error && Number(error.status) < 500
