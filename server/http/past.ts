import { type Request, type Response, Router } from 'express'
import { quadkeysCovering } from '../../wire/cells.ts'
import type { Extent } from '../../wire/grants.ts'
import type { AreaReply, CompleteReply, FleetReply, PastReply, SlicesReply } from '../../wire/past.ts'
import { deviceTopic, symbolTopic, type Topic } from '../../wire/topics.ts'
import { type Past, unlessAway } from '../archive/questions.ts'
import { writeList } from '../archive/written.ts'
import type { Rights } from '../people/rights.ts'
import { byPieces } from '../pieces.ts'
import { checked } from './api.ts'
import { archiveFor, noGuests, pastFor } from './archive.ts'
import { ApiError } from './errors.ts'
import { payOf, workOf } from './handler.ts'
import type { TopicReplyPorts } from './of-topic.ts'
import type { OneByOne } from './one-by-one.ts'
import { personOf } from './person.ts'
import { areaQuery, fleetQuery, readQuery, slicesQuery } from './query.ts'
import { sendTagged, tagged } from './reply.ts'

export type PastApiPorts = Pick<TopicReplyPorts, 'archive'> & {
  rights: Pick<Rights, 'mayWatch' | 'extent'>
  oneByOne: OneByOne
  /** A device that was silent for so long is not on the map (ms). */
  reapAfterMs: number
}

/** Devices that one answer has. */
const MOST_VISITS = 2000
const MOST_FIXES = 10_000
/** Devices whose rights are looked at in one piece of work. */
const AT_ONCE = 500

/** What of the past is asked for once. Shapes: wire/past.ts. Nothing of it is for guests. */
export const pastRouter = (ports: PastApiPorts): Router => {
  const router = Router({ strict: true, caseSensitive: true })
  router.get('/past', async (_request, response) => {
    noGuests(response)
    await send(response, await spanOf(archiveFor(ports.archive, response)))
  })
  router.get('/past/slices', async (request, response) => {
    const past = pastFor(ports.archive, response)
    const { from, to } = readQuery(slicesQuery, request)
    const { market, fleet } = await ports.oneByOne(payOf(response), () => past.slices(from, to))
    const isSeen = (...starts: string[]): boolean => starts.some((start) => extentOf(ports, response, start) !== 'none')
    const reply: SlicesReply = { market: isSeen('s:') ? market : [], fleet: isSeen('d:', 'c:') ? fleet : [] }
    await send(response, reply)
  })
  router.get('/past/area', (request, response) => sendArea(ports, request, response))
  router.get('/past/fleet', (request, response) => sendFleet(ports, request, response))
  router.get('/symbols/:symbol/complete', (request: Request<{ symbol: string }>, response) =>
    sendComplete(ports, symbolTopic(checked(request.params.symbol)), response),
  )
  router.get('/devices/:id/complete', (request: Request<{ id: string }>, response) =>
    sendComplete(ports, deviceTopic(checked(request.params.id)), response),
  )
  return router
}

const extentOf = ({ rights }: PastApiPorts, response: Response, start: string): Extent =>
  rights.extent(personOf(response), start)

/** Which devices whoever asks may see. */
const seenBy =
  ({ rights }: PastApiPorts, response: Response) =>
  ({ id }: { id: string }): boolean =>
    rights.mayWatch(personOf(response), deviceTopic(id))

const spanOf = async (past: Past | null): Promise<PastReply> => {
  if (past === null) return { archive: 'none', from: null, edge: null }
  const [from, edge] = (await unlessAway(past, () => Promise.all([past.begin(), past.edge()]))) ?? []
  return from === undefined || edge === undefined
    ? { archive: 'down', from: null, edge: null }
    : { archive: 'up', from, edge }
}

const sendArea = async (ports: PastApiPorts, request: Request, response: Response): Promise<void> => {
  const past = pastFor(ports.archive, response)
  const { area, from, to } = readQuery(areaQuery, request)
  if (quadkeysCovering(area, 0) === null) throw new ApiError('view_too_wide')
  const isNone = extentOf(ports, response, 'd:') === 'none'
  const visits = isNone ? [] : await ports.oneByOne(payOf(response), () => past.visits(area, from, to, MOST_VISITS))
  const isSeen = seenBy(ports, response)
  const devices = await byPieces(visits, AT_ONCE, workOf(response), (visit) => (isSeen(visit) ? visit : null))
  const reply: AreaReply = { devices, complete: visits.length < MOST_VISITS }
  await send(response, reply)
}

const sendFleet = async (ports: PastApiPorts, request: Request, response: Response): Promise<void> => {
  const past = pastFor(ports.archive, response)
  const { at } = readQuery(fleetQuery, request)
  const work = workOf(response)
  const isNone = extentOf(ports, response, 'd:') === 'none'
  const since = Math.max(at - ports.reapAfterMs, 0)
  const rows = isNone ? [] : await ports.oneByOne(payOf(response), () => past.lastOfAll(since, at + 1, MOST_FIXES))
  const isSeen = seenBy(ports, response)
  const fixes = await byPieces(rows, AT_ONCE, work, ({ fix }) => (isSeen(fix) ? fix : null))
  const head: Omit<FleetReply, 'fixes'> = { at, complete: rows.length < MOST_FIXES }
  await sendText(response, await writeList(head, 'fixes', fixes, work))
}

const sendComplete = async ({ archive, rights }: PastApiPorts, topic: Topic, response: Response): Promise<void> => {
  if (!rights.mayWatch(personOf(response), topic)) throw new ApiError('not_allowed')
  const past = pastFor(archive, response)
  const reply: CompleteReply = (await past.complete(topic)) ?? { from: null, gaps: [] }
  await send(response, reply)
}

const send = async (response: Response, reply: object): Promise<void> =>
  sendText(response, await workOf(response)(() => JSON.stringify(reply)))

const sendText = async (response: Response, text: string): Promise<void> => {
  const work = workOf(response)
  const made = await work(() => tagged(Buffer.from(text)))
  await work(() => sendTagged(response.type('json'), made))
}
