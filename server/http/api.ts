import { type Request, type Response, Router } from 'express'
import type { CandlesReply, ConfigReply, DevicesReply, StatsReply, SymbolRow, TrackReply } from '../../wire/api.ts'
import type { Interval } from '../../wire/market.ts'
import { isName } from '../../wire/topics.ts'
import type { DevicesQuery } from '../fleet/devices.ts'
import { ApiError } from './errors.ts'
import { candlesQuery, devicesQuery, readQuery, trackQuery } from './query.ts'

export type ApiPorts = {
  config: ConfigReply
  symbols: () => Promise<SymbolRow[]>
  candles: (symbol: string, interval: Interval, limit: number, before?: number) => Promise<CandlesReply | null>
  devices: (query: DevicesQuery) => Promise<DevicesReply>
  track: (id: string, limit: number, since?: number) => Promise<TrackReply | null>
  stats: () => Promise<StatsReply>
}

/** What is asked for once, rather than watched. Shapes: wire/api.ts. */
export const apiRouter = (ports: ApiPorts): Router => {
  const router = Router()
  router.get('/config', (_request, response) => {
    response.json(ports.config)
  })
  router.get('/symbols', async (_request, response) => {
    response.json({ symbols: await ports.symbols() })
  })
  router.get('/symbols/:symbol/candles', async (request: Request<{ symbol: string }>, response) => {
    const { symbol } = request.params
    if (!isName(symbol)) throw new ApiError('bad_topic')
    const { interval, limit, before } = readQuery(candlesQuery, request)
    answer(response, await ports.candles(symbol, interval, limit, before), 'unknown_symbol')
  })
  router.get('/devices', async (request, response) => {
    response.json(await ports.devices(readQuery(devicesQuery, request)))
  })
  router.get('/devices/:id/track', async (request: Request<{ id: string }>, response) => {
    const { id } = request.params
    if (!isName(id)) throw new ApiError('bad_topic')
    const { limit, since } = readQuery(trackQuery, request)
    answer(response, await ports.track(id, limit, since), 'unknown_device')
  })
  router.get('/stats', async (_request, response) => {
    response.json(await ports.stats())
  })
  return router
}

const answer = (response: Response, found: unknown, missing: 'unknown_symbol' | 'unknown_device'): void => {
  if (found === null) throw new ApiError(missing)
  response.json(found)
}
