import { createServer, type Server as HttpServer, type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Faults } from '../faults.ts'
import { ApiError, errorBody } from './errors.ts'
import { type Cut, createLines, type Handler } from './line.ts'
import { ALLOW } from './methods.ts'

/** For a request to be whole, headers and all, from its first byte (or the connection's beginning), in milliseconds. */
const WHOLE_WITHIN_MS = 10_000
const CHECK_EVERY_MS = 1000
/** A connection that takes nothing of its answer for so long is cut. */
const STALLED_MS = 10_000
/** An idle connection stays for so long. */
const KEEP_ALIVE_MS = 5000
const MOST_HEADER_BYTES = 16 * 1024
const MOST_HEADERS = 100

/** Requests that were no HTTP, or were not whole in time; and those of {@link Cut}. */
export type Ended = Cut | 'malformed' | 'late'

export type ServerPorts = {
  answer: Handler
  /** Whether a request for an upgrade is one to the socket of the floor; others are answered like any request. */
  upgrades: (request: IncomingMessage) => boolean
  /** Called when a connection is ended for what it did. */
  ended: (why: Ended) => void
  faults: Faults
}

/** An HTTP server on which nothing takes long: what every connection may do, whatever is asked. */
export const createHttpServer = ({ answer, upgrades, ended, faults }: ServerPorts): HttpServer => {
  const lines = createLines(answer, ended, faults)
  const handle = faults.guard('http.connection', lines.handle, (_error, { socket }) => socket.destroy())
  const guard = <A>(run: (socket: Duplex, more: A) => void): ((socket: Duplex, more: A) => void) =>
    faults.guard('http.connection', run, (_error, socket) => socket.destroy())
  const server = createServer({
    headersTimeout: WHOLE_WITHIN_MS,
    requestTimeout: WHOLE_WITHIN_MS,
    connectionsCheckingInterval: CHECK_EVERY_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: MOST_HEADER_BYTES,
    // Which Host a request may name is looked at where it is answered.
    requireHostHeader: false,
    shouldUpgradeCallback: (request) => !lines.isBusy(request.socket) && upgrades(request),
  })
  server.maxHeadersCount = MOST_HEADERS
  const stalled = (socket: Socket): void => {
    socket.destroy()
    if (lines.isBusy(socket)) ended('stalled')
  }
  server.setTimeout(STALLED_MS, faults.guard('http.connection', stalled))
  server.on('request', handle)
  // Whoever asks whether to go on to a body is answered at once: no request has one.
  server.on('checkContinue', handle)
  server.on('checkExpectation', handle)
  const tunnel = guard<IncomingMessage>((socket) => refuse(socket, new ApiError('wrong_method', { headers: ALLOW })))
  server.on('connect', (request, socket) => tunnel(socket, request))
  const broken = guard<NodeJS.ErrnoException>((socket, error) => {
    const late = error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
    const busy = lines.isBusy(socket as Socket)
    if (busy && !lines.endAfter(socket as Socket)) return
    if (error.code !== 'ECONNRESET') ended(late ? 'late' : 'malformed')
    if (!busy) refuse(socket, new ApiError('bad_request', { status: late ? 408 : (STATUS[error.code ?? ''] ?? 400) }))
  })
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => broken(socket, error))
  return server
}

const PLAIN = { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store', Connection: 'close' }
const STATUS: Record<string, number> = { HPE_HEADER_OVERFLOW: 431, HPE_CHUNK_EXTENSIONS_OVERFLOW: 413 }

/** Answers on a connection that no request can be read from, and ends it. */
const refuse = (socket: Duplex, error: ApiError): void => {
  if (!socket.writable) return void socket.destroy()
  const { status, headers } = error
  const body = JSON.stringify(errorBody(error))
  const fields = { ...headers, ...PLAIN, 'Content-Length': String(Buffer.byteLength(body)) }
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.on('error', () => {})
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`, () => socket.destroy())
}
