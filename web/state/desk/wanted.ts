import type { Tuning } from '../../../wire/protocol.ts'
import type { Topic } from '../../../wire/topics.ts'
import { DESK_ROOM } from './room-names.ts'

export type DeskLook = {
  /** One's handle; null without a name. */
  me: string | null
  /** Whether the desk is on the screen, and which room is. */
  open: boolean
  room: Topic
  /** Nobody looks at this page: only what is to be told is watched. */
  asleep: boolean
  /** The handle of whoever is followed. */
  leader: string | null
  sees: (room: Topic) => boolean
  may: (topic: Topic) => boolean
}

export const PRESENCE: Topic = 'p:floor'

/** What is looked at closely: every update. */
const CLOSELY: Tuning = {}
/** What may wait for a second. */
const NOW_AND_THEN = { mode: 'latest', rate: 1 } as const satisfies Tuning

/** The topics that the desk needs, and how closely: the inbox always, the desk's room for its count. */
export const deskTopics = ({ me, open, room, asleep, leader, sees, may }: DeskLook): Map<Topic, Tuning> => {
  const wanted = new Map<Topic, Tuning>()
  if (me !== null) wanted.set(`i:${me}`, CLOSELY)
  if (asleep) return wanted
  if (sees(DESK_ROOM) && (open || me !== null)) wanted.set(DESK_ROOM, NOW_AND_THEN)
  if (open && sees(room)) wanted.set(room, CLOSELY)
  if (open && may(PRESENCE)) wanted.set(PRESENCE, NOW_AND_THEN)
  if (leader !== null && may(`v:${leader}`)) wanted.set(`v:${leader}`, CLOSELY)
  return wanted
}
