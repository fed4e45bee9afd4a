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
import { createLately } from './lately.ts'
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
  /** Where a topic is in Redis; null for none. */
  cursor: (topic: Topic) => Promise<Cursor | null>
  /** Milliseconds, by a clock that never goes back. */
  now: () => number
}

/** Bodies of candles and tracks that are kept, in bytes. */
const MOST_BYTES = 16 * 1024 * 1024
/** The same of what is good for two seconds only: anybody can ask for ever other devices. */
const MOST_LATE_BYTES = 4 * 1024 * 1024
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
  const lately = createLately(MOST_LATE_BYTES, SAME_MS, ports.now)
  const config = tagged(Buffer.from(JSON.stringify(ports.config)))
  const symbols = createSymbolsReply(ports.symbols)

  router.get('/config', (_request, response) => sendTagged(response.type('json'), config))
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
    const work = workOf(response)
    const read = async (): Promise<Buffer> => writeJson(await ports.devices(query, work), work)
    await sendInTurn(response, await lately(nameOf(query), read))
  })
  router.get('/devices/:id/track', async (request: Request<{ id: string }>, response) => {
    const id = checked(request.params.id)
    const query = { id, ...readQuery(trackQuery, request) }
    const read = (work: Work) => ports.track(query, work)
    await ofTopic({ topic: deviceTopic(id), name: nameOf(query), missing: 'unknown_device', read }, response)
  })
  router.get('/stats', async (_request, response) => {
    const read = async (): Promise<Buffer> => writeJson(await ports.stats(), workOf(response))
    await sendInTurn(response, await lately('stats', read))
  })
  return router
}

/** The name that a body is kept under: all that it was asked for by. */
const nameOf = (query: object): string => JSON.stringify(query)
const stampOf = ({ epoch, seq }: Cursor): string => `${epoch}.${seq}`

const checked = (name: string): string => {
  if (!isName(name)) throw new ApiError('bad_topic')
  return name
}

/** To write and to send a large body is work, too. */
const writeJson = (value: unknown, work: Work): Promise<Buffer> => work(() => Buffer.from(JSON.stringify(value)))
const sendInTurn = (response: Response, reply: Tagged): Promise<void> =>
  workOf(response)(() => sendTagged(response.type('json'), reply))

/** What is right as long as its topic has not moved. Nobody gets it before the topic was looked at. */
const createTopicReply = ({ cursor }: ApiPorts, kept: Kept) => {
  const shared = createShared<Tagged>()
  return async ({ topic, name, missing, read }: OfTopic, response: Response): Promise<void> => {
    const at = await cursor(topic)
    if (at === null) throw new ApiError(missing)
    const stamp = stampOf(at)
    const etag = `"${stamp}"`
    const had = response.req.get('if-none-match')
    if (had !== undefined && namesTag(had, etag)) return sendUnchanged(response, etag)
    const found = kept.get(name, (own) => own === stamp)
    const make = async (): Promise<Tagged> => {
      const written = await read(workOf(response))
      if (written === null) throw new ApiError(missing)
      const own = stampOf(written.cursor)
      const made = { stamp: own, body: Buffer.from(written.text), etag: `"${own}"` }
      kept.put(name, made)
      return made
    }
    await sendInTurn(response, found ?? (await shared(name, make)))
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
