import { type Request, type Response, Router } from 'express'
import type { RoomsReply } from '../../wire/rooms.ts'
import { type Asker, mayUse, parseRoom } from '../rooms/asker.ts'
import type { Rooms } from '../rooms/rooms.ts'
import { ApiError } from './errors.ts'
import { workOf } from './handler.ts'
import { messagesQuery, readQuery } from './query.ts'
import { sendTagged, tagged } from './reply.ts'

export type RoomsApiPorts = Pick<Rooms, 'list' | 'messages'> & {
  /** Who asks. */
  askerOf: (response: Response) => Asker
}

/** Rooms, and what was written there before. Shapes: wire/rooms.ts. */
export const roomsRouter = ({ list, messages, askerOf }: RoomsApiPorts): Router => {
  const router = Router({ strict: true, caseSensitive: true })
  router.get('/rooms', async (_request, response) => {
    const reply: RoomsReply = { rooms: await list(askerOf(response)) }
    await send(response, reply)
  })
  router.get('/rooms/:room/messages', async (request: Request<{ room: string }>, response) => {
    const room = parseRoom(request.params.room)
    if (room === null) throw new ApiError('bad_topic')
    if (!mayUse(askerOf(response), 'watch', room)) throw new ApiError('not_allowed')
    await send(response, await messages({ room, ...readQuery(messagesQuery, request) }))
  })
  return router
}

/** Only whoever asked may keep it, and asks each time whether it still holds. */
const send = async (response: Response, reply: object): Promise<void> => {
  const work = workOf(response)
  const made = await work(() => tagged(Buffer.from(JSON.stringify(reply))))
  await work(() => sendTagged(response.type('json'), made, 'private, no-cache'))
}
