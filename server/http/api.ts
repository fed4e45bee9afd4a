import { type Request, type RequestHandler, type Response, Router } from 'express'
import type { ConfigReply, DeviceRow, StatsReply, SymbolRow } from '../../wire/api.ts'
import { NOWHERE } from '../../wire/cursors.ts'
import { deviceTopic, isName, REGISTER, symbolTopic } from '../../wire/topics.ts'
import type { Past } from '../archive/questions.ts'
import type { AsOf } from '../archive/candles-at.ts'
import type { DeviceList } from '../fleet/devices.ts'
import type { TrackQuery } from '../fleet/track.ts'
import { rowForGuests } from '../kinds/device-for-guests.ts'
import type { CandlesQuery } from '../market/candles.ts'
import { isGuest } from '../people/person.ts'
import type { Rights } from '../people/rights.ts'
import { scopeOf } from '../people/scope.ts'
import { byPieces, type Work } from '../pieces.ts'
import { pastFor } from './archive.ts'
import { ApiError } from './errors.ts'
import { workOf } from './handler.ts'
import { createKept } from './kept.ts'
import { createLately } from './lately.ts'
import { createTopicReply, type Reads, type TopicReplyPorts } from './of-topic.ts'
import { personOf } from './person.ts'
import { candlesQuery, devicesQuery, readQuery, symbolsQuery, trackQuery } from './query.ts'
import { createRecent } from './recent.ts'
import { sendTagged, type Tagged, tagged } from './reply.ts'
import { createScoped } from './scoped.ts'

export type ApiPorts = TopicReplyPorts & {
  config: ConfigReply
  rights: Pick<Rights, 'mayWatch' | 'mayManage'>
  /** The same list as long as nothing newer was read. */
  symbols: () => Promise<SymbolRow[]>
  candles: Reads<CandlesQuery & AsOf>
  /** `isSeen`: the devices that whoever asks may watch; null for all. */
  devices: DeviceList
  track: Reads<TrackQuery & AsOf>
  /** Rows of the lists as of a moment. */
  symbolsAt: (archive: Past, rows: readonly SymbolRow[], at: number, work: Work) => Promise<SymbolRow[]>
  devicesAt: (archive: Past, rows: readonly DeviceRow[], at: number) => Promise<DeviceRow[]>
  stats: () => Promise<StatsReply>
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

/** What is asked for once, rather than watched. Shapes: wire/api.ts. */
export const apiRouter = (ports: ApiPorts): Router => {
  const router = Router({ strict: true, caseSensitive: true })
  const ofTopic = createTopicReply(ports, createKept(MOST_BYTES))
  const config = tagged(Buffer.from(JSON.stringify(ports.config)))

  router.get('/config', (_request, response) => sendTagged(response.type('json'), config))
  router.get('/symbols', createSymbolsReply(ports))
  router.get('/symbols/:symbol/candles', async (request: Request<{ symbol: string }>, response) => {
    const symbol = checked(request.params.symbol)
    const query = { symbol, ...readQuery(candlesQuery, request) }
    await ofTopic({ topic: symbolTopic(symbol), query, missing: 'unknown_symbol', reads: ports.candles }, response)
  })
  router.get('/devices', createDevicesReply(ports))
  router.get('/devices/:id/track', async (request: Request<{ id: string }>, response) => {
    const id = checked(request.params.id)
    const query = { id, ...readQuery(trackQuery, request) }
    await ofTopic({ topic: deviceTopic(id), query, missing: 'unknown_device', reads: ports.track }, response)
  })
  router.get('/stats', createStatsReply(ports))
  return router
}

/** The name that a body is kept under: all that it was asked for by. */
const nameOf = (query: object): string => JSON.stringify(query)

export const checked = (name: string): string => {
  if (!isName(name)) throw new ApiError('bad_topic')
  return name
}

/** To write and to send a large body is work, too. */
const writeJson = (value: unknown, work: Work): Promise<Buffer> => work(() => Buffer.from(JSON.stringify(value)))
const sendInTurn = (response: Response, reply: Tagged): Promise<void> =>
  workOf(response)(() => sendTagged(response.type('json'), reply))

/** The list of symbols, as far as whoever asks may watch them, as it is now or as it was. */
const createSymbolsReply = ({ symbols, symbolsAt, archive, now }: ApiPorts): RequestHandler => {
  const scoped = createScoped(MOST_SCOPED_BYTES, symbols)
  const lately = createLately(MOST_LATE_BYTES, SAME_MS, now)
  return async (request, response) => {
    const work = workOf(response)
    const { at } = readQuery(symbolsQuery, request)
    const { name, sees } = scopeOf(personOf(response).grants)
    const isSeen = ({ symbol }: SymbolRow): boolean => sees === null || sees(symbolTopic(symbol))
    const write = async (rows: SymbolRow[]): Promise<Buffer> => {
      const texts = await byPieces(rows, ROWS_AT_ONCE, work, (row) => (isSeen(row) ? JSON.stringify(row) : null))
      return work(() => Buffer.from(`{"symbols":[${texts.join(',')}]}`))
    }
    if (at === undefined) {
      const writeNow = async (rows: SymbolRow[]): Promise<Tagged> => {
        const body = await write(rows)
        return work(() => tagged(body))
      }
      return sendInTurn(response, await scoped(name, writeNow))
    }
    const past = pastFor(archive, response)
    const read = async (): Promise<Buffer> => write(await symbolsAt(past, (await symbols()).filter(isSeen), at, work))
    await sendInTurn(response, await lately(nameOf({ at, name }), read))
  }
}

/**
 * The devices that whoever asks may watch. The register's cursor tells how many devices came and went: it is for those
 * who may watch the register. Which have a key is for those who may manage devices. Guests are told less of each.
 */
const createDevicesReply = ({ devices, devicesAt, archive, rights, now }: ApiPorts): RequestHandler => {
  const lately = createLately(MOST_LATE_BYTES, SAME_MS, now)
  return async (request, response) => {
    const { at, ...query } = readQuery(devicesQuery, request)
    const work = workOf(response)
    const person = personOf(response)
    const past = at === undefined ? null : pastFor(archive, response)
    const { name: scope, sees } = scopeOf(person.grants)
    const [manages, guest] = [rights.mayManage(person, 'devices'), isGuest(person)]
    const isSeen = sees && ((id: string): boolean => sees(deviceTopic(id)))
    const read = async (): Promise<Buffer> => {
      const reply = await devices(query, work, isSeen)
      const cursor = sees === null || sees(REGISTER) ? reply.cursor : NOWHERE
      const all = at === undefined || past === null ? reply.devices : await devicesAt(past, reply.devices, at)
      const rows = manages ? all : all.map(({ keyed: _, ...row }) => row)
      return writeJson({ ...reply, devices: guest ? rows.map(rowForGuests) : rows, cursor }, work)
    }
    await sendInTurn(response, await lately(nameOf({ ...query, at, scope, manages, guest }), read))
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
