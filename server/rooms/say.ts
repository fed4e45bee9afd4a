import { callFunction } from '../../redis/call.ts'
import type { ErrorCode, WireError } from '../../wire/protocol.ts'
import type { Author, Message, SayReply } from '../../wire/rooms.ts'
import type { Topic } from '../../wire/topics.ts'
import { readRequest, wireError } from '../live/requests.ts'
import type { Act } from '../live/who.ts'
import type { Asker } from '../people/attendance.ts'
import type { Commands } from '../redis/deployment.ts'
import { parseRoom, selfOf } from './asker.ts'
import { editCall, listRoomCall, type Said, sayCall } from './calls.ts'
import { cleanText } from './clean.ts'
import { mentionsIn } from './mentions.ts'
import type { Openings } from './openings.ts'
import { createPace } from './pace.ts'
import { sayRequest } from './requests.ts'
import { tellMessage } from './tell.ts'

/** What became of a message: it is new, was said again, or was changed (or deleted). */
export const SAID = ['new', 'repeat', 'changed'] as const
export type Counted = (typeof SAID)[number]

export type SayPorts = {
  redis: Commands
  /** The handles of everybody that the floor knows. */
  handles: () => Promise<ReadonlySet<string>>
  openings: Openings
  /** Told of each announcement, who made it and where, before it is made. */
  announced: (who: string, room: Topic) => Promise<void>
  count: (said: Counted) => void
  /** Milliseconds, by a clock that never goes back. */
  now: () => number
}

/** What one connection may write: as fast as anybody types, and what waited while Redis was away. */
const PACE = { atOnce: 30, perSecond: 5 }

/** The number of a message, itself as JSON, and 1 where it is new. */
type SaidReply = [n: number, message: string, fresh: number]
type EditReply = ['missing'] | ['other'] | ['done', message: string]

type Writer = { room: Topic; by: Author }
/** A message to be written, checked. */
type Draft = Writer & { text: string; mentions: string[] }

const TOO_MANY_ROOMS = 'You began many rooms just now.'
const NOBODY: ReadonlySet<string> = new Set()
const failed = (code: ErrorCode, more?: string): { error: WireError } => ({ error: wireError(code, more) })

/** Writes messages: each once, however often it is said. */
export const createSay = (ports: SayPorts, asker: Asker): Act => {
  const paced = createPace(PACE.atOnce, PACE.perSecond, ports.now)
  return async (input): Promise<SayReply> => {
    const request = readRequest(sayRequest, input)
    if ('error' in request) return request
    const { id, n, announce = false, ...said } = request.data
    const writer = writerOf(asker, said.room, announce)
    if ('error' in writer) return writer
    if (!paced()) return failed('rate_limited')
    const text = cleanText(said.text)
    if (text === null) return failed('bad_request', 'text: is too long.')
    const known = text.includes('@') ? await ports.handles() : NOBODY
    const draft = { ...writer, text, mentions: mentionsIn(text, (handle) => known.has(handle)) }
    if (n !== undefined) return change(ports, draft, n)
    if (text === '') return failed('bad_request', 'text: has nothing to be seen in it.')
    if (!(await ports.openings.may(draft.by.id, draft.room))) return failed('rate_limited', TOO_MANY_ROOMS)
    return write(ports, draft, id ?? '', announce)
  }
}

/** Who writes where; why not, where they may not. What is refused does not tell whether it exists. */
const writerOf = (asker: Asker, name: string, announce: boolean): Writer | { error: WireError } => {
  const room = parseRoom(name)
  if (room === null || !asker.may('say', room)) return failed('not_allowed')
  if (announce && !asker.may('announce', room)) return failed('not_allowed')
  const found = selfOf(asker)
  return 'error' in found ? found : { room, by: found.self }
}

const write = async (ports: SayPorts, draft: Draft, id: string, announced: boolean): Promise<SayReply> => {
  const { redis, count, handles } = ports
  const { room, by, text, mentions } = draft
  if (announced) await ports.announced(by.id, room)
  const said: Said = { id, text, mentions, announced }
  const [, json, fresh] = (await callFunction(redis, sayCall(room, by, said))) as SaidReply
  const message = JSON.parse(json) as Message
  if (fresh === 1 && message.n === 1) ports.openings.opened(by.id)
  // All of this once more where it is said again: whoever wrote it first may have died before they had done it.
  await callFunction(redis, listRoomCall(room))
  await tellMessage(redis, room, message, handles)
  count(fresh === 1 ? 'new' : 'repeat')
  return { message }
}

const change = async (ports: SayPorts, { room, by, text, mentions }: Draft, n: number): Promise<SayReply> => {
  const { redis, count, handles } = ports
  const reply = (await callFunction(redis, editCall(room, by, n, text, mentions))) as EditReply
  if (reply[0] === 'missing') return failed('bad_request', 'n: there is no such message.')
  if (reply[0] === 'other') return failed('not_allowed')
  const message = JSON.parse(reply[1]) as Message
  await tellMessage(redis, room, message, handles)
  count('changed')
  return { message }
}
