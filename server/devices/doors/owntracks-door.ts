import { isUtf8 } from 'node:buffer'
import type { Request, Response } from 'express'
import type { Sent } from '../../../wire/commands.ts'
import { isOwnFault } from '../../faults.ts'
import { readText, type Sort } from '../../http/body.ts'
import { ApiError } from '../../http/errors.ts'
import { workOf } from '../../http/handler.ts'
import { type DoorPorts, letIn, take } from './entry.ts'
import { OWNTRACKS_TAKES, type OwnTracks, ownTracksId, readOwnTracks } from './owntracks.ts'
import { createClosing, doneBy, toOwnTracks } from './owntracks-commands.ts'
import { messagesAbout } from './owntracks-reply.ts'
import { isWrong } from './told.ts'

const SIGN_IN = 'Basic realm="Watchfloor", charset="UTF-8"'
const BASIC = /^Basic +([\w+/]+=*)$/i

type Named = { id: string; key: string | null }

/** The name and the password of a header Authorization; null where it has none. */
const basicOf = (header: string | undefined): Named | null => {
  const [, encoded] = BASIC.exec(header ?? '') ?? []
  if (encoded === undefined) return null
  const bytes = Buffer.from(encoded, 'base64')
  // Android writes letters beyond ASCII in Latin-1, whatever it is offered.
  const text = bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1')
  const at = text.indexOf(':')
  return at < 0 ? null : { id: text.slice(0, at), key: text.slice(at + 1) }
}

const textIn = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

/** Which device it is: by the name that it signs in with, or else by its topic, its headers or the address. */
const whoIsIt = (request: Request<{ key?: string }>, topic: string | null): Named => {
  const basic = basicOf(request.headers.authorization)
  if (basic !== null) return basic
  const { u, d, key } = request.query
  const [user, device] = [textIn(request.get('x-limit-u')) ?? textIn(u), textIn(request.get('x-limit-d')) ?? textIn(d)]
  const named = user === undefined || device === undefined ? user : `${user}/${device}`
  const id = (topic === null ? null : ownTracksId(topic)) ?? named
  if (id === undefined) throw new ApiError('bad_request', { more: 'The message does not say which device it is from.' })
  return { id, key: request.params.key ?? textIn(key) ?? null }
}

/** What OwnTracks posts. The reply has what the phone is to do, and where its colleagues are. */
export const ownTracksDoor = (ports: DoorPorts, sort: Sort) => {
  const { signOfLife, answering, colleagues } = ports

  const close = createClosing(ports)
  const messagesFor = async (id: string, commands: readonly Sent[]): Promise<object[]> => {
    const { messages, refused } = toOwnTracks(commands)
    for (const answer of refused) await answering(id, answer)
    return messages.map(({ message }) => message)
  }
  const about = async (id: string, { report }: OwnTracks): Promise<object[]> => {
    const fix = report?.fixes?.at(-1)
    if (fix === undefined) return []
    const near = await colleagues(id, fix).catch((error) => {
      if (isOwnFault(error)) throw error
      return []
    })
    return near.flatMap(messagesAbout)
  }

  return async (request: Request<{ key?: string }>, response: Response): Promise<void> => {
    const read = isEmptyBody(request) ? readOwnTracks('') : await readText(request, sort, readOwnTracks)
    if (isWrong(read)) throw new ApiError('bad_request', { more: read.wrong })
    const id = await letIn(ports, { ...whoIsIt(request, read.topic), request, signIn: SIGN_IN })
    const messages: object[] = []
    if (read.report !== null) {
      const heard = await take(ports, id, { ...read.report, takes: OWNTRACKS_TAKES }, 'owntracks')
      const isDone = doneBy(read)
      if (isDone) await close(id, isDone)
      if (heard.open !== 0) messages.push(...(await messagesFor(id, await signOfLife(id))))
      messages.push(...(await about(id, read)))
    }
    await workOf(response)(() => response.set('Cache-Control', 'no-store').json(messages))
  }
}

/** The app has been seen to send nothing at all, and to send it again until it is taken. */
const isEmptyBody = ({ headers }: Request<{ key?: string }>): boolean => Number(headers['content-length'] ?? 0) === 0
