import type { ConfigReply, DevicesReply, StatsReply, SymbolRow } from '../../wire/api.ts'
import type { Cursor, ErrorCode } from '../../wire/protocol.ts'
import { deviceTopic, isName, symbolTopic, type Topic } from '../../wire/topics.ts'
import type { DevicesQuery } from '../fleet/devices.ts'
import type { TrackQuery } from '../fleet/track.ts'
import type { CandlesQuery, Written } from '../market/candles.ts'
import { byPieces, type Work } from '../pieces.ts'
import { ApiError } from './errors.ts'
import { createKept } from './kept.ts'
import { candlesQuery, devicesQuery, readQuery, trackQuery } from './query.ts'
import { emptyReply, jsonReply, namesTag, type Reply, taggedJson, tagOf } from './reply.ts'
import type { Asked, Routes } from './routes.ts'
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

type OfTopic = { topic: Topic; name: string; missing: ErrorCode; read: () => Promise<Written | null> }

/** What is asked for once, rather than watched. Shapes: wire/api.ts. */
export const apiRoutes = (ports: ApiPorts): Routes => {
  const kept = createKept(MOST_BYTES)
  const shared = createShared<Reply>()
  const config = withTag(jsonReply(ports.config))
  const symbols = createSymbolsReply(ports.symbols)

  /** What is right as long as its topic stands where it stood. It is given to nobody before the topic was looked at. */
  const ofTopic = async ({ topic, name, missing, read }: OfTopic, { headers }: Asked): Promise<Reply> => {
    const cursor = await ports.cursor(topic)
    if (cursor === null) throw new ApiError(missing)
    const stamp = stampOf(cursor)
    const had = headers['if-none-match']
    if (had !== undefined && namesTag(had, `"${stamp}"`))
      return emptyReply(304, { 'Cache-Control': 'no-cache', ETag: `"${stamp}"` })
    const body = kept.get(name, (own) => own === stamp)
    if (body !== null) return taggedJson(body, `"${stamp}"`)
    return shared(name, async () => {
      const written = await read()
      if (written === null) throw new ApiError(missing)
      const made = { stamp: stampOf(written.cursor), body: Buffer.from(written.text) }
      kept.put(name, made)
      return taggedJson(made.body, `"${made.stamp}"`)
    })
  }
  /** What may be a little old, by the time at which it was read. */
  const lately = (name: string, read: () => Promise<unknown>, work: Work): Promise<Reply> => {
    const isFresh = (at: string): boolean => ports.now() - Number(at) < SAME_MS
    const known = (): Reply | null => {
      const body = kept.get(name, isFresh)
      return body && taggedJson(body, tagOf(body))
    }
    const make = async (): Promise<Reply> => {
      const at = ports.now()
      const value = await read()
      const body = await work(() => Buffer.from(JSON.stringify(value)))
      kept.put(name, { stamp: String(at), body })
      return taggedJson(body, tagOf(body))
    }
    const found = known()
    return found ? Promise.resolve(found) : shared(name, async () => known() ?? make())
  }

  return {
    '/api/config': () => config,
    '/api/symbols': ({ work }) => symbols(work),
    '/api/symbols/:symbol/candles': (asked) => {
      const symbol = nameIn(asked, 'symbol')
      const query = { symbol, ...readQuery(candlesQuery, asked) }
      const read = () => ports.candles(query, asked.work)
      return ofTopic({ topic: symbolTopic(symbol), name: nameOf(query), missing: 'unknown_symbol', read }, asked)
    },
    '/api/devices': (asked) => {
      const query = readQuery(devicesQuery, asked)
      return lately(nameOf(query), () => ports.devices(query, asked.work), asked.work)
    },
    '/api/devices/:id/track': (asked) => {
      const id = nameIn(asked, 'id')
      const query = { id, ...readQuery(trackQuery, asked) }
      const read = () => ports.track(query, asked.work)
      return ofTopic({ topic: deviceTopic(id), name: nameOf(query), missing: 'unknown_device', read }, asked)
    },
    '/api/stats': ({ work }) => lately('stats', ports.stats, work),
  }
}

/** The name that a body is kept under: all that it was asked for by. */
const nameOf = (query: object): string => JSON.stringify(query)
const stampOf = ({ epoch, seq }: Cursor): string => `${epoch}.${seq}`
const withTag = (reply: Reply): Reply => taggedJson(reply.body, tagOf(reply.body))

const nameIn = ({ params }: Asked, name: string): string => {
  const text = params[name] ?? ''
  if (!isName(text)) throw new ApiError('bad_topic')
  return text
}

/** The list of symbols, written once for each reading of it. */
const createSymbolsReply = (read: ApiPorts['symbols']) => {
  let written: { rows: SymbolRow[]; reply: Promise<Reply> } | null = null
  const write = async (rows: SymbolRow[], work: Work): Promise<Reply> => {
    const texts = await byPieces(rows, ROWS_AT_ONCE, work, (row) => JSON.stringify(row))
    const body = await work(() => Buffer.from(`{"symbols":[${texts.join(',')}]}`))
    return work(() => taggedJson(body, tagOf(body)))
  }
  return async (work: Work): Promise<Reply> => {
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
