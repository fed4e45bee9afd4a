import { callFunction } from '../../redis/call.ts'
import type { DoneReply } from '../../wire/rooms.ts'
import { readRequest, wireError } from '../live/requests.ts'
import type { Act } from '../live/who.ts'
import type { Asker } from '../people/attendance.ts'
import type { Commands } from '../redis/deployment.ts'
import { parseRoom, selfOf } from './asker.ts'
import { showCall, typingCall } from './calls.ts'
import { createPace } from './pace.ts'
import { hereRequest } from './requests.ts'
import type { Tab } from './roster.ts'

/** Places that followers hear of in a second, and how often a person may write that they write: once in two seconds. */
const PLACES = { atOnce: 5, perSecond: 5 }
const TYPING = { atOnce: 1, perSecond: 0.5 }

/** Tells others what a person likes to tell of what they do. `tab`: their presence by this connection. */
export const createHere = (redis: Commands, asker: Asker, tab: Tab, now: () => number): Act => {
  const showing = createPace(PLACES.atOnce, PLACES.perSecond, now)
  const writing = createPace(TYPING.atOnce, TYPING.perSecond, now)
  return async (input): Promise<DoneReply> => {
    const request = readRequest(hereRequest, input)
    if ('error' in request) return request
    const { on, typing, place } = request.data
    const room = typing === undefined ? null : parseRoom(typing)
    if (room !== null && !asker.may('say', room)) return { error: wireError('not_allowed') }
    const found = selfOf(asker)
    if ('error' in found) return found
    // They send the newest place once more; that somebody writes is told by the next letter.
    if (place !== undefined && !showing()) return { error: wireError('rate_limited') }
    if (on !== undefined) tab.look(on)
    if (room !== null && writing()) await callFunction(redis, typingCall(room, found.self))
    if (place !== undefined) await callFunction(redis, showCall(found.self.id, place))
    return { done: true }
  }
}
