import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { WireError } from '../../wire/protocol.ts'
import type { Addresses } from '../access/addresses.ts'
import type { Connections } from '../access/connections.ts'
import { allowsOrigin } from '../access/origins.ts'
import type { Visitors } from '../access/visitors.ts'
import type { Faults } from '../faults.ts'
import { wireError } from '../live/requests.ts'
import type { Refusal } from '../metrics/requests.ts'

export type GatePorts = {
  addresses: Addresses
  connections: Connections
  visitors: Visitors
  origins: readonly string[]
  /** Connections of one address that may be on their way in at once. */
  mostHandshakes: number
  refused: (reason: Refusal) => void
  faults: Faults
}

/** A WebSocket that is not opened: HTTP's status, and what is said and counted. */
export type Closed = { status: string; error: WireError; reason: Refusal }

/** An address whose debt is paid that soon may connect: what it sends waits. */
const SHORT_WAIT_MS = 1000
/** So long a refusal of who asks too much is held back, in milliseconds. */
const HELD_MS = 1000
const REFUSED = { rate_limited: '429 Too Many Requests', bad_request: '400 Bad Request', not_found: '404 Not Found' }

const FOREIGN: Closed = {
  status: '403 Forbidden',
  error: {
    code: 'bad_request',
    message: 'Pages of this origin may not connect: the setting ORIGINS does not name it.',
  },
  reason: 'origin',
}

const closed = (code: keyof typeof REFUSED, reason: Refusal = code, more?: string): Closed => ({
  status: REFUSED[code],
  error: wireError(code, more),
  reason,
})

/** Why a request may not open a WebSocket; null where it may. */
const judge = (request: IncomingMessage, socket: Socket, ports: GatePorts): Closed | null => {
  const { addresses, connections, visitors, origins, mostHandshakes } = ports
  const wrong = checkTarget(request.url ?? '')
  if (wrong) return wrong
  const { origin, host } = request.headers
  if (!allowsOrigin(origin, host, origins)) return FOREIGN
  const address = addresses.of(request)
  if (visitors.wait(address) > SHORT_WAIT_MS) return closed('rate_limited')
  if (visitors.handshakesOf(address) >= mostHandshakes) return closed('rate_limited', 'connections')
  const counts = !addresses.isProxy(socket.remoteAddress) || connections.take(address, socket)
  return counts ? null : closed('rate_limited', 'connections')
}

/** One address and one way to ask: no polling, no older protocol, no second connection for a session. */
const checkTarget = (target: string): Closed | null => {
  if (!target.startsWith('/socket.io/') || !URL.canParse(target, 'http://node')) return closed('not_found')
  const query = new URL(target, 'http://node').searchParams
  const fits = query.get('EIO') === '4' && query.get('transport') === 'websocket' && !query.has('sid')
  return fits ? null : closed('bad_request', 'bad_request', 'Ask with EIO=4&transport=websocket and without sid.')
}

/** The way in for WebSockets. Nothing of Socket.IO runs for those who may not come in; they hear why, in HTTP. */
export const openGate = (
  server: Server,
  ports: GatePorts,
  letIn: (request: IncomingMessage, socket: Duplex, head: Buffer) => void,
): void => {
  const judgeAll = (request: IncomingMessage, socket: Socket, head: Buffer): void => {
    // Node's own listener is gone by now, and an error that nobody hears ends the process.
    socket.on('error', () => {})
    const no = judge(request, socket, ports)
    if (no === null) letIn(request, socket, head)
    else {
      ports.refused(no.reason)
      const away = (): void => turnAway(socket, no)
      // Late enough that a loop of refusals costs next to nothing.
      if (no.error.code === 'rate_limited') setTimeout(ports.faults.guard('http.upgrade', away), HELD_MS).unref()
      else away()
    }
  }
  server.on(
    'upgrade',
    ports.faults.guard('http.upgrade', judgeAll, (_error, _request, socket) => socket.destroy()),
  )
}

const turnAway = (socket: Socket, { status, error }: Closed): void => {
  const body = JSON.stringify({ error })
  const retry = error.code === 'rate_limited' ? 'Retry-After: 1\r\n' : ''
  const head = `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`
  socket.end(`${head}${retry}Connection: close\r\n\r\n${body}`, () => socket.destroy())
}
