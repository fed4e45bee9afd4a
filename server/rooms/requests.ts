import { z } from 'zod'
import { MOST_MESSAGE_BYTES } from '../../wire/rooms.ts'
import { parseTopic } from '../../wire/topics.ts'
import { listOf, tableOf } from '../live/first-fault.ts'
import { parseRoom } from './asker.ts'

/** Rooms, or items of an inbox, that one `mark` names. */
const MOST_MARKED = 100
const MOST_PLACE_BYTES = 2000

const room = z.string().refine((text) => parseRoom(text) !== null, { error: 'must be a room, as in m:desk' })
const number = z.int().min(1).max(Number.MAX_SAFE_INTEGER)
const isShort = (text: string): boolean => text.isWellFormed() && Buffer.byteLength(text) <= MOST_PLACE_BYTES

/** Longer ones are told so by `cleanText`; far longer ones are not even looked at. */
const text = z.string().max(MOST_MESSAGE_BYTES, { error: `takes at most ${MOST_MESSAGE_BYTES} bytes` })
const id = z.string().regex(/^[\w.:-]{1,64}$/, { error: 'must be 1 to 64 letters, digits and _ . : -' })

export const sayRequest = z
  .object({ room, text, id: id.optional(), n: number.optional(), announce: z.boolean().optional() })
  .refine((said) => (said.id === undefined) !== (said.n === undefined), {
    error: 'takes either an id, or the number of a message',
  })

export const markRequest = z.object({
  read: tableOf(number, MOST_MARKED)
    .refine((read) => Object.keys(read).every((each) => parseRoom(each) !== null), { error: 'must name rooms' })
    .optional(),
  done: listOf(number, MOST_MARKED).optional(),
})

export const hereRequest = z.object({
  on: z
    .string()
    .refine((topic) => parseTopic(topic) !== null, { error: 'must be a topic' })
    .nullable()
    .optional(),
  typing: room.optional(),
  place: z
    .string()
    .refine(isShort, { error: `takes at most ${MOST_PLACE_BYTES} bytes` })
    .nullable()
    .optional(),
})
