import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import type { ErrorCode } from '../../wire/protocol.ts'
import { ApiError, errorReply } from './errors.ts'
import { pageHeaders, preflightHeaders } from './headers.ts'
import type { Handler } from './line.ts'
import { conditional } from './preconditions.ts'
import { emptyReply, type Reply, send } from './reply.ts'
import type { Found } from './routes.ts'
import { ALLOW } from './server.ts'
import { isForMachines, readTarget, type Target } from './target.ts'
import type { TakeTurn } from './turns.ts'

export type HandlerPorts = {
  find: (path: string) => Found
  /** Whether a request may name this host. */
  allows: (host: string | undefined) => boolean
  /** Who pays for a request. */
  addressOf: (request: IncomingMessage) => string
  /** Waits until this address may ask, a second at the most; resolves with the milliseconds that are still to be waited then. */
  admit: (who: string) => Promise<number>
  takeTurn: TakeTurn
  /** Origins of other pages that may read the API. */
  origins: readonly string[]
  /** Headers of every answer. */
  common: Record<string, string>
  /** Called with every error that is answered. */
  refused: (code: ErrorCode) => void
  log: Logger
}

/** Answers requests, whatever they are: with what a route gives, or with an error as JSON. */
export const createHandler = (ports: HandlerPorts): Handler => {
  const { takeTurn, log } = ports

  const fail = (error: unknown): Reply => {
    const known = error instanceof ApiError ? error : new ApiError('unavailable')
    if (known !== error) log.debug({ error: String(error) }, 'request failed')
    ports.refused(known.code)
    return errorReply(known)
  }
  const reply = async (request: IncomingMessage, who: string): Promise<Reply> => {
    const answer = await takeTurn(who, () => {
      const target = readTarget(request, ports.allows)
      checkRequest(request)
      if (request.method === 'OPTIONS') return preflight(request, target, ports.origins)
      const { answer, params } = ports.find(target.path)
      return answer({
        params,
        query: target.query,
        headers: request.headers,
        work: (piece) => takeTurn(who, piece),
      })
    })
    return conditional(request.headers, answer)
  }
  const finish = (request: IncomingMessage, response: ServerResponse, found: Reply): void => {
    if (response.destroyed) return
    if (hasBody(request)) response.shouldKeepAlive = false
    const isApi = /^(https?:\/\/[^/]*)?\/api\//i.test(request.url ?? '')
    send(response, found, { ...ports.common, ...(isApi && pageHeaders(request.headers, ports.origins)) })
  }
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const who = ports.addressOf(request)
    const owed = await ports.admit(who)
    if (response.destroyed) return
    // That costs next to nothing, and comes late enough for whoever asks in a loop.
    if (owed > 0 && !isForMachines(request.url ?? '')) return finish(request, response, fail(tooSoon(owed)))
    const found = await reply(request, who).catch(fail)
    await takeTurn(who, () => finish(request, response, found)).catch(() => finish(request, response, found))
  }
  return (request, response) => {
    answer(request, response).catch((error) => {
      log.debug({ error: String(error) }, 'request failed')
      response.destroy()
    })
  }
}

const tooSoon = (owed: number): ApiError => {
  const seconds = Math.ceil(owed / 1000)
  return new ApiError('rate_limited', { headers: { 'Retry-After': String(seconds) } })
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

/** Throws where a request is one that nothing here takes. */
const checkRequest = (request: IncomingMessage): void => {
  const { method = '', headers } = request
  if (method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS')
    throw new ApiError('wrong_method', { headers: ALLOW })
  if (hasBody(request)) throw new ApiError('bad_request', { status: 413, more: 'It may not have a body.' })
  if (headers.expect !== undefined && headers.expect.toLowerCase() !== '100-continue')
    throw new ApiError('bad_request', { status: 417, more: 'Nothing can be expected here.' })
}

const preflight = (request: IncomingMessage, { path }: Target, origins: readonly string[]): Reply => {
  const isAllowed = path.startsWith('/api/') && origins.includes(request.headers.origin ?? '')
  return emptyReply(204, { ...ALLOW, ...(isAllowed && preflightHeaders) })
}
