import { type Request, type Response, Router } from 'express'
import type { RoomsReply } from '../../wire/rooms.ts'
import type { Asker } from '../people/attendance.ts'
import type { Person } from '../people/person.ts'
import type { Rights } from '../people/rights.ts'
import { parseRoom } from '../rooms/asker.ts'
import type { Rooms } from '../rooms/rooms.ts'
import { ApiError } from './errors.ts'
import { workOf } from './handler.ts'
import { messagesQuery, readQuery } from './query.ts'
import { sendTagged, tagged } from './reply.ts'

export type RoomsApiPorts = Pick<Rooms, 'list' | 'messages'> & {
  rights: Pick<Rights, 'may'>
  /** Who asks. */
  personOf: (response: Response) => Person
}

/** Rooms, and what was written there before. Shapes: wire/rooms.ts. */
export const roomsRouter = ({ list, messages, rights, personOf }: RoomsApiPorts): Router => {
  const askerOf = (response: Response): Asker => {
    const person = personOf(response)
    return { person: () => person, may: (action, topic) => rights.may(person, action, topic) }
  }
  const router = Router({ strict: true, caseSensitive: true })
  router.get('/rooms', async (_request, response) => {
    const reply: RoomsReply = { rooms: await list(askerOf(response)) }
    await send(response, reply)
  })
  router.get('/rooms/:room/messages', async (request: Request<{ room: string }>, response) => {
    const room = parseRoom(request.params.room)
    if (room === null) throw new ApiError('bad_topic')
    if (!askerOf(response).may('watch', room)) throw new ApiError('not_allowed')
    await send(response, await messages({ room, ...readQuery(messagesQuery, request) }))
  })
  return router
}

const send = async (response: Response, reply: object): Promise<void> => {
  const work = workOf(response)
  const made = await work(() => tagged(Buffer.from(JSON.stringify(reply))))
  await work(() => sendTagged(response.type('json'), made))
}
