import { type ErrorRequestHandler, type Request, type Response, Router } from 'express'
import { z } from 'zod'
import type { DeviceReply } from '../../../wire/devices.ts'
import { MOST_REPORT_BYTES, readBody, readText, sortOf } from '../../http/body.ts'
import { ApiError } from '../../http/errors.ts'
import { localsOf, workOf } from '../../http/handler.ts'
import { createRoom } from '../../http/room.ts'
import { listOf } from '../../live/first-fault.ts'
import { bearerOf } from '../../people/identify.ts'
import { answerShape, reportShape } from '../shapes.ts'
import { type DoorPorts, failure, letIn, take } from './entry.ts'
import { readOsmAnd } from './osmand.ts'
import { ownTracksDoor } from './owntracks-door.ts'
import { type DoorError, type Identified, isWrong, packAttributes } from './told.ts'
import { readTraccar } from './traccar.ts'

export type { DoorPorts } from './entry.ts'

const JSON_SORT = sortOf('application/json', MOST_REPORT_BYTES)
const FORM_SORT = sortOf('application/x-www-form-urlencoded', MOST_REPORT_BYTES)
/** Bodies of devices that are read at the same time, in bytes together. */
const MOST_AT_ONCE_BYTES = 32 * 1024 * 1024
const MOST_ANSWERS = 100
/** What it costs to let a device in and to hand on what it says, in steps that nobody sees, in milliseconds. */
const REPORT_MS = 0.3

const NO_STORE = { 'Cache-Control': 'no-store' }

/** Where devices report over HTTP: `/in`, and below it. They show a key; who signed in does not matter here. */
export const deviceDoors = (ports: DoorPorts): Router => {
  const router = Router({ strict: true, caseSensitive: true })
  const room = createRoom(MOST_AT_ONCE_BYTES)
  const roomFor = <P>(request: Request<P>, run: () => Promise<void>): Promise<void> =>
    room(Number(request.headers['content-length'] ?? 0), run)
  const ownTracks = ownTracksDoor(ports, JSON_SORT)
  const osmAnd = osmAndDoor(ports)
  router.use((_request, response, next) => {
    localsOf(response).pay(REPORT_MS)
    next()
  })
  router.post('/device', (request, response) => roomFor(request, () => jsonDoor(ports, request, response)))
  router.post('/owntracks{/:key}', (request: Request<{ key?: string }>, response) =>
    roomFor(request, () => ownTracks(request, response)),
  )
  router.all('/{:key}', (request: Request<{ key?: string }>, response) =>
    roomFor(request, () => osmAnd(request, response)),
  )
  return router
}

/** OwnTracks throws a message away that is refused with 429, and keeps one that is refused with 503. */
export const ownTracksKeeps: ErrorRequestHandler = (error, _request, _response, next) => {
  const isTooOften = error instanceof ApiError && error.code === 'rate_limited'
  next(isTooOften ? new ApiError('unavailable', { headers: error.headers }) : error)
}

/** OsmAnd and Traccar Client. They take no commands. */
const osmAndDoor = (ports: DoorPorts) => {
  const { now } = ports
  const readForm = (text: string) => {
    const parameters = new URLSearchParams(text)
    return { key: parameters.get('key'), read: readOsmAnd(parameters, now()) }
  }
  const readParameters = async (request: Request<{ key?: string }>) => {
    const query = new URLSearchParams(queryOf(request.url))
    const key = query.get('key')
    query.delete('key')
    if (query.size > 0 || !hasBody(request)) return { key, read: readOsmAnd(query, now()) }
    const form = await readText(request, FORM_SORT, readForm)
    return { ...form, key: key ?? form.key }
  }
  return async (request: Request<{ key?: string }>, response: Response): Promise<void> => {
    if (isJson(request) && hasBody(request)) {
      const key = request.params.key ?? new URLSearchParams(queryOf(request.url)).get('key')
      const { id, report } = orRefuse(await readText(request, JSON_SORT, readTraccar))
      await take(ports, await letIn(ports, { id, key, request }), report, 'traccar')
    } else {
      const { key, read } = await readParameters(request)
      const { id, report } = orRefuse(read)
      const status = { unknown_device: 400 }
      const entering = { id, key: request.params.key ?? key, request, status }
      await take(ports, await letIn(ports, entering), report, 'osmand')
    }
    response.set(NO_STORE).status(200).end()
  }
}

const queryOf = (url: string): string => (url.includes('?') ? url.slice(url.indexOf('?') + 1) : '')
const isJson = ({ headers }: Request<{ key?: string }>): boolean =>
  /^application\/json/i.test(headers['content-type'] ?? '')
const hasBody = ({ headers }: Request<{ key?: string }>): boolean => Number(headers['content-length'] ?? 0) > 0
const orRefuse = (read: Identified | DoorError): Identified => {
  if (isWrong(read)) throw new ApiError('bad_request', { more: read.wrong })
  return read
}

const deviceRequest = reportShape.and(
  z.object({ id: z.string().max(200), answers: listOf(answerShape, MOST_ANSWERS).exactOptional() }),
)

/** A program of one's own: `POST /in/device`. Answers first: what is done need not be sent again. */
const jsonDoor = async (ports: DoorPorts, request: Request, response: Response): Promise<void> => {
  const { answering, signOfLife, now } = ports
  const key = bearerOf(request.headers.authorization) ?? null
  const { id: named, answers = [], ...told } = await readBody(request, deviceRequest, JSON_SORT)
  const id = await letIn(ports, { id: named, key, request, signIn: 'Bearer' })
  for (const answer of answers) {
    const answered = await answering(id, answer)
    if ('error' in answered) throw failure(answered.error)
  }
  const { attributes } = told
  const report = { ...told, ...(attributes && { attributes: packAttributes(Object.entries(attributes)) }) }
  const { open, ...taken } = await take(ports, id, report, 'http')
  const commands = open === 0 ? [] : await signOfLife(id)
  const reply: DeviceReply = { ...taken, at: now(), commands: [...commands] }
  await workOf(response)(() => response.set(NO_STORE).json(reply))
}
