import type { RoomRow } from '../../wire/rooms.ts'
import type { Topic } from '../../wire/topics.ts'
import type { Values } from '../kinds/kind.ts'
import { messageShape } from '../kinds/message.ts'
import { readJson } from '../kinds/shapes.ts'
import type { Asker } from '../people/attendance.ts'
import type { Commands } from '../redis/deployment.ts'
import { isNoHash } from '../redis/fields.ts'
import { readRows, StrangeField } from '../redis/rows.ts'
import type { Unreadable } from '../redis/unreadable.ts'
import { DESK, parseRoom } from './asker.ts'
import { ROOMS_KEY } from './calls.ts'
import { keptFresh } from './fresh.ts'

/** Rooms of one reply: those where somebody wrote last. */
const MOST_ROOMS = 200
/** Which rooms there are may be so old, in milliseconds: it is read once for all who ask. */
const FRESH_MS = 2000

export type ListPorts = {
  redis: Commands
  unreadable: Unreadable
  /** Milliseconds, by a clock that never goes back. */
  now: () => number
}

export type RoomList = {
  /** The rooms that are listed, where somebody wrote last first. */
  names: () => Promise<readonly Topic[]>
  /** Those that somebody may read, and the desk's in any case. */
  rows: (asker: Asker) => Promise<RoomRow[]>
}

export const createRoomList = ({ redis, unreadable, now }: ListPorts): RoomList => {
  const names = keptFresh(() => readNames(redis, unreadable), FRESH_MS, now)
  const rowsFor = async (asker: Asker): Promise<RoomRow[]> => {
    const rooms = new Set([...(await names()), DESK])
    const allowed = [...rooms].filter((room) => asker.may('watch', room)).slice(0, MOST_ROOMS)
    const rows = await readRows(redis, allowed, ['count', 'last'], toRow, unreadable)
    return rows.filter(({ room, count }) => count > 0 || room === DESK)
  }
  return { names, rows: rowsFor }
}

const readNames = async (redis: Commands, unreadable: Unreadable): Promise<Topic[]> => {
  try {
    const ids = await redis.zrevrange(ROOMS_KEY, 0, -1)
    return ids.flatMap((id) => parseRoom(`m:${id}`) ?? [])
  } catch (error) {
    if (!isNoHash(error as Error)) throw error
    unreadable(ROOMS_KEY, String(error))
    return []
  }
}

const toRow = (room: Topic, [count, last]: Values): RoomRow => {
  const message = last ? readJson(messageShape, last) : null
  if (last && message === null) throw new StrangeField(`holds ${last.slice(0, 100)}`)
  return { room, count: Number(count) || 0, last: message as RoomRow['last'] }
}
