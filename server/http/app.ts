import type { Server as HttpServer } from 'node:http'
import express, { type Express, type Response } from 'express'
import type { Logger } from 'pino'
import type { HealthReply, ReadyReply } from '../../wire/api.ts'
import type { ErrorCode } from '../../wire/protocol.ts'
import { createAllowances } from '../access/allowance.ts'
import { type GtfsFeedPorts, gtfsFeedRouter } from '../devices/doors/gtfs-feed.ts'
import { type DoorPorts, deviceDoors, ownTracksKeeps } from '../devices/doors/http.ts'
import type { Faults } from '../faults.ts'
import { createAdmission } from './admission.ts'
import { type ApiPorts, apiRouter } from './api.ts'
import { browserHeaders } from './content-policy.ts'
import { allowPages, ownPagesOnly } from './cross-origin.ts'
import { type DevicesApiPorts, devicesRouter } from './devices.ts'
import { ApiError, errorHandler, notFound } from './errors.ts'
import { createHandler, type HandlerPorts, payForFigures, payForFile, refuse } from './handler.ts'
import { keptFiles } from './kept-files.ts'
import { knownMethods, tellMethods } from './methods.ts'
import { openIdRouter } from './openid.ts'
import { ownHosts } from './own-hosts.ts'
import { type PastApiPorts, pastRouter } from './past.ts'
import { type PeoplePorts, peopleRouter } from './people.ts'
import { parseQuery } from './query-parser.ts'
import { type RoomsApiPorts, roomsRouter } from './rooms.ts'
import { createHttpServer, type ServerPorts } from './server.ts'
import { type SessionPorts, sessionRouter } from './session.ts'
import { createTurns } from './turns.ts'
import { lookWho, somebodyOnly } from './who-asks.ts'

export type AppPorts = Pick<HandlerPorts, 'addressOf' | 'faults'> &
  Pick<ServerPorts, 'ended'> &
  SessionPorts & {
    api: ApiPorts
    /** What is asked of the archive alone. */
    past: PastApiPorts
    rooms: RoomsApiPorts
    /** Invitations, shares, what is taken back, and the record. */
    aboutPeople: PeoplePorts
    /** Devices, their keys, and what was asked of them; and what devices themselves say. */
    aboutDevices: DevicesApiPorts
    doors: DoorPorts
    /** The floor as a feed for transit programs. */
    gtfs: GtfsFeedPorts
    ready: () => ReadyReply
    metrics: () => Promise<string>
    /** Whether the metrics have an address of their own. */
    metricsApart: boolean
    /** Whether a request may name this host. */
    allows: (host: string | undefined) => boolean
    /** Origins of other pages that may read the API. */
    origins: readonly string[]
    /** Folder of the built dashboard. */
    dashboard: string
    /** The path of the socket, whose upgrades are left to it. */
    socketPath: string
    /** What one address may take of a core, and all of them together, as shares of it. */
    shares: { address: number; all: number }
    /** Milliseconds, by a clock that never goes back. */
    now: () => number
    /** CPU time of this thread so far, in milliseconds. */
    cpu: () => number
    /** Called with what each piece of work took, in milliseconds. */
    spent: (cost: number) => void
    /** Called with every error that is answered. */
    refused: (code: ErrorCode) => void
    log: Logger
    faults: Faults
  }

/** What an address that was quiet may ask for at once, in milliseconds of work: the dashboard on a dozen screens. */
const BURST_MS = 250
/** As long as this the clients of the live floor may wait for HTTP, in milliseconds. */
const PIECE_MS = 0.5
const MOST_ADDRESSES = 20_000
const YEAR_S = 31_536_000

/** The node's pages, API and figures: the server for all, and one for the figures alone. */
export const createApp = (ports: AppPorts): { http: HttpServer; metrics: HttpServer } => {
  const { now, socketPath, allows, ended, faults } = ports
  const terms = { share: ports.shares.address, burst: BURST_MS, most: MOST_ADDRESSES }
  const allowances = createAllowances(terms, now)
  const turns = createTurns(
    { share: ports.shares.all, burst: PIECE_MS },
    {
      now,
      cpu: ports.cpu,
      spent: (who, cost) => {
        allowances.spend(who, cost)
        ports.spent(cost)
      },
      tooMany: () => new ApiError('rate_limited', { headers: { 'Retry-After': '1' } }),
      faults,
    },
  )
  const admit = createAdmission({ wait: allowances.wait, spend: turns.pay })
  const serverOf = (app: Express, upgrades: ServerPorts['upgrades']) =>
    createHttpServer({ answer: createHandler({ ...ports, app, admit, turns }), upgrades, ended, faults })
  return {
    http: serverOf(appOfAll(ports), ({ url = '', headers, method }) => {
      const isSocket = url === socketPath || url.startsWith(`${socketPath}?`)
      return isSocket && method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket' && allows(headers.host)
    }),
    metrics: serverOf(
      appOf(ports, (app) => addMetrics(app, ports)),
      () => false,
    ),
  }
}

/**
 * An app with what every request needs, before and after its routes. A path must match a route exactly, case and final
 * slash included.
 */
const appOf = (
  { api, allows, origins, log, faults, refused }: AppPorts,
  addRoutes: (app: Express) => void,
): Express => {
  const app = express()
  for (const name of ['x-powered-by', 'etag']) app.disable(name)
  for (const name of ['strict routing', 'case sensitive routing']) app.enable(name)
  app.set('query parser', parseQuery)
  app.use(browserHeaders(api.config.tiles?.url))
  app.use('/api', allowPages(origins))
  app.use(refuse, ownHosts(allows), knownMethods, tellMethods)
  addRoutes(app)
  app.use(notFound, errorHandler(log, faults, refused))
  return app
}

const appOfAll = (ports: AppPorts): Express =>
  appOf(ports, (app) => {
    const { api, ready, dashboard, socketPath, faults } = ports
    // Devices show a key with whatever they send: no page of another site has one.
    app.use('/in', deviceDoors(ports.doors))
    app.use('/in/owntracks', ownTracksKeeps)
    app.use(ownPagesOnly)
    const health: HealthReply = { status: 'ok', node: api.config.node }
    app.get('/healthz', (_request, response) => {
      response.json(health)
    })
    app.get('/readyz', (_request, response) => {
      const reply = ready()
      response.status(reply.ready ? 200 : 503).json(reply)
    })
    if (!ports.metricsApart) addMetrics(app, ports)
    const people = { ...ports.people, isSecure: ports.isSecure }
    const { openId } = ports.people
    if (openId !== null) app.use(openIdRouter(openId, ports))
    app.use('/api', lookWho(people), sessionRouter(ports), somebodyOnly(people))
    app.use('/api', apiRouter(api), pastRouter(ports.past))
    app.use('/api', peopleRouter(ports.aboutPeople), roomsRouter(ports.rooms))
    app.use('/api', devicesRouter(ports.aboutDevices), notFound)
    app.use('/gtfs-rt', lookWho(people), somebodyOnly(people), gtfsFeedRouter(ports.gtfs), notFound)
    app.get(socketPath, () => {
      throw new ApiError('bad_request', { more: 'Only WebSocket is allowed here.' })
    })
    const addFiles = (path: string, folder: string, cacheControl: string): void => {
      const files = { redirect: false, setHeaders: (response: Response) => response.set('Cache-Control', cacheControl) }
      app.use(path, keptFiles(folder, cacheControl, ports.now), payForFile(faults), express.static(folder, files))
    }
    addFiles('/assets', `${dashboard}/assets`, `public, max-age=${YEAR_S}, immutable`)
    addFiles('/', dashboard, 'public, max-age=0')
  })

const addMetrics = (app: Express, { metrics }: AppPorts): void => {
  app.get('/metrics', payForFigures, async (_request, response) => {
    response
      .set('Cache-Control', 'no-store')
      .type('text/plain; version=0.0.4')
      .send(await metrics())
  })
}
