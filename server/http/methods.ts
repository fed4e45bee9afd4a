import type { IncomingMessage } from 'node:http'
import type { Request, RequestHandler } from 'express'
import { MOST_BODY_BYTES, MOST_LIST_BYTES, MOST_REPORT_BYTES } from './body.ts'
import { ApiError } from './errors.ts'

const READ = ['GET', 'HEAD']
/** Where something may be changed, and how; all else is only read. */
const CHANGING: readonly [path: RegExp, methods: readonly string[]][] = [
  [/^\/api\/session$/, [...READ, 'POST', 'DELETE']],
  [/^\/api\/session\/renew$/, ['POST']],
  [/^\/api\/(?:invitations|shares)$/, [...READ, 'POST']],
  [/^\/api\/invitations\/[^/]+\/renew$/, ['POST']],
  [/^\/api\/revoke$/, ['POST']],
  [/^\/api\/devices(?:\.csv)?$/, [...READ, 'POST']],
  [/^\/api\/devices\/[^/]+$/, ['PUT']],
  [/^\/api\/devices\/[^/]+\/key$/, ['POST', 'DELETE']],
  [/^\/in\/(?:device|owntracks(?:\/[^/]+)?)$/, ['POST']],
  [/^\/in(?:\/[^/]*)?$/, ['GET', 'POST']],
]

/** Bodies that may be longer than others: what devices send, and lists of devices. */
const LONGER: readonly [path: RegExp, bytes: number][] = [
  [/^\/in(?:\/|$)/, MOST_REPORT_BYTES],
  [/^\/api\/devices(?:\.csv)?$/, MOST_LIST_BYTES],
]
const mostAt = (path: string): number => LONGER.find(([pattern]) => pattern.test(path))?.[1] ?? MOST_BODY_BYTES

const methodsAt = (path: string): string[] => [
  ...(CHANGING.find(([pattern]) => pattern.test(path))?.[1] ?? READ),
  'OPTIONS',
]
const allow = (methods: readonly string[]) => ({ Allow: methods.join(', ') })
/** What is said where there is no path. */
export const ALLOW = allow([...READ, 'OPTIONS'])

/** Whether a request by this method changes something. */
export const isChange = (method: string): boolean => ['POST', 'PUT', 'DELETE'].includes(method)

const lengthOf = ({ headers }: IncomingMessage): number => Number(headers['content-length'] ?? 0)
const hasBody = (request: IncomingMessage): boolean =>
  request.headers['transfer-encoding'] !== undefined || lengthOf(request) > 0

const isDecodable = (path: string): boolean => {
  try {
    return decodeURIComponent(path) !== ''
  } catch {
    return false
  }
}

/** Refuses other methods than a path has, and bodies but short ones, of known length, that are posted or put. */
export const knownMethods: RequestHandler = (request, response, next) => {
  const { method, headers } = request
  // Nobody knows whether it will be read to its end.
  if (hasBody(request)) response.shouldKeepAlive = false
  const methods = methodsAt(request.path)
  if (!methods.includes(method)) throw new ApiError('wrong_method', { headers: allow(methods) })
  if (hasBody(request)) checkBody(request)
  if (headers.expect !== undefined && headers.expect.toLowerCase() !== '100-continue')
    throw new ApiError('bad_request', { status: 417, more: 'The header Expect is not supported.' })
  if (!isDecodable(request.path)) throw new ApiError('bad_request', { more: 'The address cannot be decoded.' })
  next()
}

const checkBody = (request: Request): void => {
  if (request.method !== 'POST' && request.method !== 'PUT')
    throw new ApiError('bad_request', { status: 413, more: 'A request may not have a body here.' })
  if (request.headers['transfer-encoding'] !== undefined)
    throw new ApiError('bad_request', { status: 411, more: 'A body must say its length.' })
  const most = mostAt(request.path)
  if (lengthOf(request) > most)
    throw new ApiError('bad_request', { status: 413, more: `A body may have ${most} bytes.` })
}

/** Tells whoever asks which methods there are. */
export const tellMethods: RequestHandler = ({ method, path }, response, next) => {
  if (method !== 'OPTIONS') return next()
  response
    .set(allow(methodsAt(path)))
    .status(204)
    .end()
}
