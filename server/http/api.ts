import { type Request, type RequestHandler, type Response, Router } from 'express'
import type { ConfigReply, DevicesReply, StatsReply, SymbolRow } from '../../wire/api.ts'
import { NOWHERE } from '../../wire/cursors.ts'
import type { Cursor, ErrorCode } from '../../wire/protocol.ts'
import { deviceTopic, isName, REGISTER, symbolTopic, type Topic } from '../../wire/topics.ts'
import type { DevicesQuery } from '../fleet/devices.ts'
import type { TrackQuery } from '../fleet/track.ts'
import { rowForGuests } from '../kinds/device-for-guests.ts'
import type { CandlesQuery, Written } from '../market/candles.ts'
import { isGuest } from '../people/person.ts'
import type { Rights } from '../people/rights.ts'
import { scopeOf } from '../people/scope.ts'
import { byPieces, type Work } from '../pieces.ts'
import { ApiError } from './errors.ts'
import { workOf } from './handler.ts'
import { createKept, type Kept } from './kept.ts'
import { createLately } from './lately.ts'
import { personOf } from './person.ts'
import { candlesQuery, devicesQuery, readQuery, trackQuery } from './query.ts'
import { createRecent } from './recent.ts'
import { namesTag, sendTagged, sendUnchanged, type Tagged, tagged } from './reply.ts'
import { createScoped } from './scoped.ts'
import { createShared } from './shared.ts'

export type ApiPorts = {
  config: ConfigReply
  rights: Pick<Rights, 'mayWatch' | 'mayManage'>
  /** The same list as long as nothing newer was read. */
  symbols: () => Promise<SymbolRow[]>
  candles: (query: CandlesQuery, work: Work) => Promise<Written | null>
  /** `isSeen`: the devices that whoever asks may watch; null for all. */
  devices: (query: DevicesQuery, work: Work, isSeen: ((id: string) => boolean) | null) => Promise<DevicesReply>
  track: (query: TrackQuery, work: Work) => Promise<Written | null>
  stats: () => Promise<StatsReply>
  /** Where a topic is in Redis; null for none. */
  cursor: (topic: Topic) => Promise<Cursor | null>
  /** Milliseconds, by a clock that never goes back. */
  now: () => number
}

/** Bodies of candles and tracks that are kept, in bytes. */
const MOST_BYTES = 16 * 1024 * 1024
/** The same of the list of symbols, which people of different grants get different parts of. */
const MOST_SCOPED_BYTES = 64 * 1024 * 1024
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
  const config = tagged(Buffer.from(JSON.stringify(ports.config)))

  router.get('/config', (_request, response) => sendTagged(response.type('json'), config))
  router.get('/symbols', createSymbolsReply(ports))
  router.get('/symbols/:symbol/candles', async (request: Request<{ symbol: string }>, response) => {
    const symbol = checked(request.params.symbol)
    const query = { symbol, ...readQuery(candlesQuery, request) }
    const read = (work: Work) => ports.candles(query, work)
    await ofTopic({ topic: symbolTopic(symbol), name: nameOf(query), missing: 'unknown_symbol', read }, response)
  })
  router.get('/devices', createDevicesReply(ports))
  router.get('/devices/:id/track', async (request: Request<{ id: string }>, response) => {
    const id = checked(request.params.id)
    const query = { id, ...readQuery(trackQuery, request) }
    const read = (work: Work) => ports.track(query, work)
    await ofTopic({ topic: deviceTopic(id), name: nameOf(query), missing: 'unknown_device', read }, response)
  })
  router.get('/stats', createStatsReply(ports))
  return router
}

/** The name that a body is kept under: all that it was asked for by. */
const nameOf = (query: object): string => JSON.stringify(query)
/** Where a topic stands, as a tag may hold it, whatever somebody else wrote into Redis for its epoch. */
const stampOf = ({ epoch, seq }: Cursor): string => `${encodeURIComponent(epoch.toWellFormed())}.${seq}`

const checked = (name: string): string => {
  if (!isName(name)) throw new ApiError('bad_topic')
  return name
}

/** To write and to send a large body is work, too. */
const writeJson = (value: unknown, work: Work): Promise<Buffer> => work(() => Buffer.from(JSON.stringify(value)))
const sendInTurn = (response: Response, reply: Tagged): Promise<void> =>
  workOf(response)(() => sendTagged(response.type('json'), reply))

/** What is right as long as its topic has not moved. Nobody gets it before the topic was looked at. */
const createTopicReply = ({ cursor, rights }: ApiPorts, kept: Kept) => {
  const shared = createShared<Tagged>()
  return async ({ topic, name, missing, read }: OfTopic, response: Response): Promise<void> => {
    // Before anything is asked of the topic: a refusal must not tell, by its words or its time, whether it exists.
    if (!rights.mayWatch(personOf(response), topic)) throw new ApiError('not_allowed')
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

/** The list of symbols, as far as whoever asks may watch them. */
const createSymbolsReply = ({ symbols }: ApiPorts): RequestHandler => {
  const scoped = createScoped(MOST_SCOPED_BYTES, symbols)
  return async (_request, response) => {
    const work = workOf(response)
    const { name, sees } = scopeOf(personOf(response).grants)
    const write = async (rows: SymbolRow[]): Promise<Tagged> => {
      const isSeen = ({ symbol }: SymbolRow): boolean => sees === null || sees(symbolTopic(symbol))
      const texts = await byPieces(rows, ROWS_AT_ONCE, work, (row) => (isSeen(row) ? JSON.stringify(row) : null))
      const body = await work(() => Buffer.from(`{"symbols":[${texts.join(',')}]}`))
      return work(() => tagged(body))
    }
    await sendInTurn(response, await scoped(name, write))
  }
}

/**
 * The devices that whoever asks may watch. The register's cursor tells how many devices came and went: it is for those
 * who may watch the register. Which have a key is for those who may manage devices. Guests are told less of each.
 */
const createDevicesReply = ({ devices, rights, now }: ApiPorts): RequestHandler => {
  const lately = createLately(MOST_LATE_BYTES, SAME_MS, now)
  return async (request, response) => {
    const query = readQuery(devicesQuery, request)
    const work = workOf(response)
    const person = personOf(response)
    const { name: scope, sees } = scopeOf(person.grants)
    const [manages, guest] = [rights.mayManage(person, 'devices'), isGuest(person)]
    const isSeen = sees && ((id: string): boolean => sees(deviceTopic(id)))
    const read = async (): Promise<Buffer> => {
      const reply = await devices(query, work, isSeen)
      const cursor = sees === null || sees(REGISTER) ? reply.cursor : NOWHERE
      const rows = manages ? reply.devices : reply.devices.map(({ keyed: _, ...row }) => row)
      return writeJson({ ...reply, devices: guest ? rows.map(rowForGuests) : rows, cursor }, work)
    }
    await sendInTurn(response, await lately(nameOf({ ...query, scope, manages, guest }), read))
  }
}

/** The whole cluster's figures: the nodes for whoever manages them, the symbols for whoever may watch them. */
const createStatsReply = ({ stats, rights, now }: ApiPorts): RequestHandler => {
  const scoped = createScoped(MOST_LATE_BYTES, createRecent(stats, SAME_MS, now))
  return async (_request, response) => {
    const person = personOf(response)
    const { name: scope, sees } = scopeOf(person.grants)
    const manages = rights.mayManage(person, 'node')
    const write = async ({ clients, nodes, watchers }: StatsReply): Promise<Tagged> => {
      const seen = Object.entries(watchers).filter(([symbol]) => sees === null || sees(symbolTopic(symbol)))
      const reply: StatsReply = { clients, nodes: manages ? nodes : [], watchers: Object.fromEntries(seen) }
      return tagged(await writeJson(reply, workOf(response)))
    }
    await sendInTurn(response, await scoped(nameOf({ scope, manages }), write))
  }
}
