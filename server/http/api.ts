import { type Request, type Response, Router } from 'express'
import { z } from 'zod'
import type { CandlesReply, ConfigReply, StatsReply, SymbolRow, TrackReply } from '../../wire/api.ts'
import { INTERVALS, type Interval } from '../../wire/market.ts'
import { isName } from '../../wire/topics.ts'
import { ApiError } from './errors.ts'

export type ApiPorts = {
  config: ConfigReply
  symbols: () => Promise<SymbolRow[]>
  candles: (symbol: string, interval: Interval, limit: number, before?: number) => Promise<CandlesReply | null>
  track: (id: string, limit: number, since?: number) => Promise<TrackReply | null>
  stats: () => Promise<StatsReply>
}

const milliseconds = z.coerce.number().int().min(0).optional()
const candlesQuery = z.object({
  interval: z.enum(Object.keys(INTERVALS) as [Interval, ...Interval[]]).default('1m'),
  limit: z.coerce.number().int().min(1).max(1500).default(500),
  before: milliseconds,
})
const trackQuery = z.object({ limit: z.coerce.number().int().min(1).max(2000).default(500), since: milliseconds })

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
    const { interval, limit, before } = query(candlesQuery, request)
    answer(response, await ports.candles(symbol, interval, limit, before), 'unknown_symbol')
  })
  router.get('/devices/:id/track', async (request: Request<{ id: string }>, response) => {
    const { id } = request.params
    if (!isName(id)) throw new ApiError('bad_topic')
    const { limit, since } = query(trackQuery, request)
    answer(response, await ports.track(id, limit, since), 'unknown_device')
  })
  router.get('/stats', async (_request, response) => {
    response.json(await ports.stats())
  })
  return router
}

const query = <T extends z.ZodType>(type: T, request: { query: unknown }): z.infer<T> => {
  const read = type.safeParse(request.query)
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw new ApiError('bad_request', `${issue?.path.join('.')}: ${issue?.message}`)
}

const answer = (response: Response, found: unknown, missing: 'unknown_symbol' | 'unknown_device'): void => {
  if (found === null) throw new ApiError(missing)
  response.json(found)
}
