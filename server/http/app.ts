import express, { type Express } from 'express'
import helmet from 'helmet'
import type { Logger } from 'pino'
import type { HealthReply, ReadyReply } from '../../wire/api.ts'
import type { ErrorCode } from '../../wire/protocol.ts'
import type { Faults } from '../faults.ts'
import { type ApiPorts, apiRouter } from './api.ts'
import { allowPages } from './cross-origin.ts'
import { errorHandler, notFound } from './errors.ts'

export type AppPorts = {
  api: ApiPorts
  ready: () => ReadyReply
  metrics: () => Promise<string>
  /** Called with every error that is answered. */
  refused: (code: ErrorCode) => void
  /** Origins of other pages that may read the API. */
  origins: readonly string[]
  /** Folder of the built dashboard. */
  dashboard: string
  log: Logger
  faults: Faults
}

const YEAR_S = 31_536_000

/** The node's pages and API. */
export const createApp = ({ api, ready, metrics, refused, origins, dashboard, log, faults }: AppPorts): Express => {
  const app = express()
  app.disable('x-powered-by')
  app.use(
    helmet({
      contentSecurityPolicy: { directives: contentPolicy(api.config.tiles?.url) },
      // Tile servers want to know who asks.
      referrerPolicy: { policy: 'strict-origin-when-cross-origin' },
      strictTransportSecurity: false,
    }),
  )
  app.get('/healthz', (_request, response) => {
    const reply: HealthReply = { status: 'ok', node: api.config.node }
    response.json(reply)
  })
  app.get('/readyz', (_request, response) => {
    const reply = ready()
    response.status(reply.ready ? 200 : 503).json(reply)
  })
  app.get('/metrics', async (_request, response) => {
    response.type('text/plain; version=0.0.4').send(await metrics())
  })
  app.use('/api', allowPages(origins), apiRouter(api), notFound)
  app.use('/assets', express.static(`${dashboard}/assets`, { immutable: true, maxAge: YEAR_S * 1000 }))
  app.use(express.static(dashboard))
  app.use(notFound)
  app.use(errorHandler(log, faults, refused))
  return app
}

/** Own scripts only; pictures also from where the map's tiles are. Plain http works, for a floor inside a house. */
const contentPolicy = (tiles: string | undefined) => {
  const host = tiles && URL.canParse(tiles) ? [new URL(tiles).origin.replace('{s}', '*')] : []
  return {
    imgSrc: ["'self'", 'data:', 'blob:', ...host],
    connectSrc: ["'self'", 'ws:', 'wss:', ...host],
    upgradeInsecureRequests: null,
  }
}
