import { callFunction } from '../../redis/call.ts'
import type { DoneReply } from '../../wire/rooms.ts'
import { readRequest } from '../live/requests.ts'
import type { Act } from '../live/who.ts'
import type { Asker } from '../people/attendance.ts'
import type { Commands } from '../redis/deployment.ts'
import { selfOf } from './asker.ts'
import { markCall } from './calls.ts'
import { markRequest } from './requests.ts'

/** Marks rooms as read and items as acknowledged, in one's own inbox. */
export const createMark =
  (redis: Commands, asker: Asker): Act =>
  async (input): Promise<DoneReply> => {
    const request = readRequest(markRequest, input)
    if ('error' in request) return request
    const { read = {}, done = [] } = request.data
    const found = selfOf(asker)
    if ('error' in found) return found
    if (Object.keys(read).length + done.length > 0) await callFunction(redis, markCall(found.self.id, read, done))
    return { done: true }
  }
