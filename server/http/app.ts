import type { Server as HttpServer } from 'node:http'
import type { HealthReply, ReadyReply } from '../../wire/api.ts'
import { createAllowances } from '../access/allowance.ts'
import { createAdmission } from './admission.ts'
import { type ApiPorts, apiRoutes } from './api.ts'
import { ApiError } from './errors.ts'
import { createHandler, type HandlerPorts } from './handler.ts'
import { commonHeaders } from './headers.ts'
import { readPages } from './pages.ts'
import { ranged } from './preconditions.ts'
import { emptyReply, jsonReply, type Reply } from './reply.ts'
import { type Answer, createRouter, type Found, type Routes } from './routes.ts'
import { createHttpServer, type ServerPorts } from './server.ts'
import { createTurns } from './turns.ts'

export type AppPorts = Pick<HandlerPorts, 'allows' | 'addressOf' | 'origins' | 'refused' | 'log'> &
  Pick<ServerPorts, 'ended'> & {
    api: ApiPorts
    ready: () => ReadyReply
    metrics: () => Promise<string>
    /** Whether the metrics have an address of their own. */
    metricsApart: boolean
    /** Folder of the built dashboard. */
    dashboard: string
    /** The path of the socket, whose upgrades are left to it. */
    socketPath: string
    /** What one address may take of a core, and all of them together, in hundredths. */
    shares: { address: number; all: number }
    /** Milliseconds, by a clock that never goes back. */
    now: () => number
    /** CPU time of this thread so far, in milliseconds. */
    cpu: () => number
    /** Called with what each piece of work took, in milliseconds. */
    spent: (cost: number) => void
  }

/** An address that has asked for nothing lately may ask for so much at once, in milliseconds of work: the dashboard on a dozen screens. */
const BURST_MS = 250
/** As long as this the clients of the live floor may wait for HTTP, in milliseconds. */
const PIECE_MS = 0.5
const MOST_ADDRESSES = 20_000

/** The node's pages, API and figures: the server for all, and one for the figures alone. */
export const createApp = (ports: AppPorts): { http: HttpServer; metrics: HttpServer } => {
  const { api, now, metricsApart, socketPath } = ports
  const terms = { share: ports.shares.address / 100, burst: BURST_MS, most: MOST_ADDRESSES }
  const allowances = createAllowances(terms, now)
  const takeTurn = createTurns(
    { share: ports.shares.all / 100, burst: PIECE_MS },
    {
      now,
      cpu: ports.cpu,
      spent: (who, cost) => {
        allowances.spend(who, cost)
        ports.spent(cost)
      },
      tooMany: () => new ApiError('rate_limited', { headers: { 'Retry-After': '1' } }),
    },
  )
  const handlerOf = (find: (path: string) => Found) =>
    createHandler({
      ...ports,
      find,
      admit: createAdmission(allowances),
      takeTurn,
      common: commonHeaders(api.config.tiles?.url),
    })
  const serverOf = (find: (path: string) => Found, upgrades: ServerPorts['upgrades']) =>
    createHttpServer({ answer: handlerOf(find), upgrades, ended: ports.ended })

  const figures = { '/metrics': metricsAnswer(ports.metrics) }
  const routes = createRouter({
    ...healthRoutes(ports),
    ...(!metricsApart && figures),
    ...apiRoutes(api),
    [socketPath]: () => {
      throw new ApiError('bad_request', { more: 'It takes WebSocket only.' })
    },
  })
  const pages = readPages(ports.dashboard)
  const find = (path: string): Found => {
    const page = pages.get(path)
    return page ? { answer: ({ headers }) => ranged(headers, page), params: {} } : routes(path)
  }
  return {
    http: serverOf(find, ({ url = '', headers, method }) => {
      const isSocket = url === socketPath || url.startsWith(`${socketPath}?`)
      return (
        isSocket && method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket' && ports.allows(headers.host)
      )
    }),
    metrics: serverOf(createRouter(figures), () => false),
  }
}

const healthRoutes = ({ api, ready }: AppPorts): Routes => {
  const health: HealthReply = { status: 'ok', node: api.config.node }
  const isWell = jsonReply(health)
  return {
    '/healthz': () => isWell,
    '/readyz': () => {
      const reply = ready()
      return jsonReply(reply, reply.ready ? 200 : 503)
    },
  }
}

const metricsAnswer =
  (read: () => Promise<string>): Answer =>
  async (): Promise<Reply> => ({
    ...emptyReply(200, { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8', 'Cache-Control': 'no-store' }),
    body: Buffer.from(await read()),
  })
