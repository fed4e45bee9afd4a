import { type Request, type Response, Router } from 'express'
import type { ConfigReply, DevicesReply, StatsReply, SymbolRow } from '../../wire/api.ts'
import type { Cursor, ErrorCode } from '../../wire/protocol.ts'
import { deviceTopic, isName, symbolTopic, type Topic } from '../../wire/topics.ts'
import type { DevicesQuery } from '../fleet/devices.ts'
import type { TrackQuery } from '../fleet/track.ts'
import type { CandlesQuery, Written } from '../market/candles.ts'
import { byPieces, type Work } from '../pieces.ts'
import { ApiError } from './errors.ts'
import { workOf } from './handler.ts'
import { createKept, type Kept } from './kept.ts'
import { candlesQuery, devicesQuery, readQuery, trackQuery } from './query.ts'
import { namesTag, sendTagged, sendUnchanged, type Tagged, tagged } from './reply.ts'
import { createShared } from './shared.ts'

export type ApiPorts = {
  config: ConfigReply
  /** The same list as long as nothing newer was read. */
  symbols: () => Promise<SymbolRow[]>
  candles: (query: CandlesQuery, work: Work) => Promise<Written | null>
  devices: (query: DevicesQuery, work: Work) => Promise<DevicesReply>
  track: (query: TrackQuery, work: Work) => Promise<Written | null>
  stats: () => Promise<StatsReply>
  /** Where a topic stands in Redis; null for none. */
  cursor: (topic: Topic) => Promise<Cursor | null>
  /** Milliseconds, by a clock that never goes back. */
  now: () => number
}

/** Bodies that are kept in all. */
const MOST_BYTES = 32 * 1024 * 1024
/** What the whole cluster or all devices are asked for is given to all who ask for the same within so long. */
const SAME_MS = 2000
/** Rows that are written in one piece of work: a tenth of a millisecond. */
const ROWS_AT_ONCE = 50

type OfTopic = { topic: Topic; name: string; missing: ErrorCode; read: (work: Work) => Promise<Written | null> }

/** What is asked for once, rather than watched. Shapes: wire/api.ts. */
export const apiRouter = (ports: ApiPorts): Router => {
  const router = Router({ strict: true, caseSensitive: true })
  const kept = createKept(MOST_BYTES)
  const ofTopic = createTopicReply(ports, kept)
  const lately = createLateReply(ports, kept)
  const config = tagged(Buffer.from(JSON.stringify(ports.config)))
  const symbols = createSymbolsReply(ports.symbols)

  router.get('/config', (_request, response) => sendTagged(response, config))
  router.get('/symbols', async (_request, response) => {
    await sendInTurn(response, await symbols(workOf(response)))
  })
  router.get('/symbols/:symbol/candles', async (request: Request<{ symbol: string }>, response) => {
    const symbol = checked(request.params.symbol)
    const query = { symbol, ...readQuery(candlesQuery, request) }
    const read = (work: Work) => ports.candles(query, work)
    await ofTopic({ topic: symbolTopic(symbol), name: nameOf(query), missing: 'unknown_symbol', read }, response)
  })
  router.get('/devices', async (request, response) => {
    const query = readQuery(devicesQuery, request)
    await lately(nameOf(query), (work) => ports.devices(query, work), response)
  })
  router.get('/devices/:id/track', async (request: Request<{ id: string }>, response) => {
    const id = checked(request.params.id)
    const query = { id, ...readQuery(trackQuery, request) }
    const read = (work: Work) => ports.track(query, work)
    await ofTopic({ topic: deviceTopic(id), name: nameOf(query), missing: 'unknown_device', read }, response)
  })
  router.get('/stats', (_request, response) => lately('stats', ports.stats, response))
  return router
}

/** The name that a body is kept under: all that it was asked for by. */
const nameOf = (query: object): string => JSON.stringify(query)
const stampOf = ({ epoch, seq }: Cursor): string => `${epoch}.${seq}`

const checked = (name: string): string => {
  if (!isName(name)) throw new ApiError('bad_topic')
  return name
}

/** To send a large body is work, too. */
const sendInTurn = (response: Response, reply: Tagged): Promise<void> =>
  workOf(response)(() => sendTagged(response, reply))

/** What is right as long as its topic stands where it stood. It is given to nobody before the topic was looked at. */
const createTopicReply = ({ cursor }: ApiPorts, kept: Kept) => {
  const shared = createShared<Tagged>()
  return async ({ topic, name, missing, read }: OfTopic, response: Response): Promise<void> => {
    const at = await cursor(topic)
    if (at === null) throw new ApiError(missing)
    const stamp = stampOf(at)
    const etag = `"${stamp}"`
    const had = response.req.get('if-none-match')
    if (had !== undefined && namesTag(had, etag)) return sendUnchanged(response, etag)
    const body = kept.get(name, (own) => own === stamp)
    const make = async (): Promise<Tagged> => {
      const written = await read(workOf(response))
      if (written === null) throw new ApiError(missing)
      const made = { stamp: stampOf(written.cursor), body: Buffer.from(written.text) }
      kept.put(name, made)
      return { body: made.body, etag: `"${made.stamp}"` }
    }
    await sendInTurn(response, body === null ? await shared(name, make) : { body, etag })
  }
}

/** What may be a little old, by the time at which it was read. */
const createLateReply = ({ now }: ApiPorts, kept: Kept) => {
  const shared = createShared<Tagged>()
  const known = (name: string): Tagged | null => {
    const body = kept.get(name, (at) => now() - Number(at) < SAME_MS)
    return body && tagged(body)
  }
  return async (name: string, read: (work: Work) => Promise<unknown>, response: Response): Promise<void> => {
    const work = workOf(response)
    const make = async (): Promise<Tagged> => {
      const at = now()
      const value = await read(work)
      const body = await work(() => Buffer.from(JSON.stringify(value)))
      kept.put(name, { stamp: String(at), body })
      return tagged(body)
    }
    const found = known(name) ?? (await shared(name, async () => known(name) ?? make()))
    await sendInTurn(response, found)
  }
}

/** The list of symbols, written once for each reading of it. */
const createSymbolsReply = (read: ApiPorts['symbols']) => {
  let written: { rows: SymbolRow[]; reply: Promise<Tagged> } | null = null
  const write = async (rows: SymbolRow[], work: Work): Promise<Tagged> => {
    const texts = await byPieces(rows, ROWS_AT_ONCE, work, (row) => JSON.stringify(row))
    const body = await work(() => Buffer.from(`{"symbols":[${texts.join(',')}]}`))
    return work(() => tagged(body))
  }
  return async (work: Work): Promise<Tagged> => {
    const rows = await read()
    if (written?.rows === rows) return written.reply
    const reply = write(rows, work)
    written = { rows, reply }
    reply.catch(() => {
      written = null
    })
    return reply
  }
}
