import type { IncomingMessage } from 'node:http'
import type { RequestHandler } from 'express'
import { ApiError } from './errors.ts'

export const ALLOW = { Allow: 'GET, HEAD, OPTIONS' }

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

const isDecodable = (path: string): boolean => {
  try {
    return decodeURIComponent(path) !== ''
  } catch {
    return false
  }
}

/** Everything here is read: requests of other methods, and those that bring something, are refused. */
export const readOnly: RequestHandler = (request, response, next) => {
  const { method, headers } = request
  if (hasBody(request)) response.shouldKeepAlive = false
  if (method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS')
    throw new ApiError('wrong_method', { headers: ALLOW })
  if (hasBody(request)) throw new ApiError('bad_request', { status: 413, more: 'A request may not have a body here.' })
  if (headers.expect !== undefined && headers.expect.toLowerCase() !== '100-continue')
    throw new ApiError('bad_request', { status: 417, more: 'The header Expect is not supported.' })
  if (!isDecodable(request.path)) throw new ApiError('bad_request', { more: 'The address cannot be decoded.' })
  next()
}

/** Tells whoever asks which methods there are. */
export const tellMethods: RequestHandler = ({ method }, response, next) => {
  if (method !== 'OPTIONS') return next()
  response.set(ALLOW).status(204).end()
}
