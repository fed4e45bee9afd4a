import type { WireError } from './protocol.ts'

/** Who wrote something: handle and name as they were then. */
export type Author = { id: string; name: string }

/**
 * A message of a room. `n` counts from 1 in its room, without holes. `edited`, `deleted`: when (Unix milliseconds); the
 * text of a deleted one is empty. `to`: handles that it mentions, or did before it was changed. `announced`: it went to everyone's inbox.
 */
export type Message = {
  n: number
  t: number
  by: Author
  text: string
  to?: string[]
  edited?: number
  deleted?: number
  announced?: true
}
/** Longest text of a message, in bytes of UTF-8. */
export const MOST_MESSAGE_BYTES = 4000

/** State of a room (`m:desk`): the number of its last message, and the newest messages in order. */
export type RoomSnapshot = { count: number; messages: Message[] }
/** `messages`: new, edited and deleted ones as they are now. `typing`: who writes just now, good for five seconds. */
export type RoomUpdate = { messages?: Message[]; typing?: Author[] }

/**
 * `GET /api/rooms`: rooms that the person may watch, where somebody wrote last first; the desk's is always there. `room`
 * is everywhere the topic, as in `m:desk`. `last`: its newest message.
 */
export type RoomRow = { room: string; count: number; last: Message | null }
export type RoomsReply = { rooms: RoomRow[] }
/**
 * `GET /api/rooms/:room/messages?before=<n>&limit=1..200`, as in `/api/rooms/m%3Adesk/messages`: oldest first. `first`:
 * the number of the oldest kept.
 */
export type MessagesReply = { room: string; messages: Message[]; first: number }

/**
 * The event `say`. New: `id` (1 to 64 letters, digits and `_.:-`) is made by the client and makes repeats harmless for as
 * long as the message is kept. `n`: changes a message of one's own; an empty text deletes it. `announce`: to everyone's inbox, too.
 */
export type SayRequest =
  | { room: string; id: string; text: string; announce?: boolean }
  | { room: string; n: number; text: string }
export type SayReply = { message: Message } | { error: WireError }

/** Something a person must know. `id` makes repeats harmless. `done`: when it was acknowledged. */
export type InboxItem = {
  n: number
  id: string
  t: number
  kind: 'mention' | 'announcement'
  room: string
  message: number
  from: Author
  text: string
  done?: number
}
/** State of an inbox (`i:ann`): the newest items, oldest first, and how far each room was read. */
export type InboxSnapshot = { count: number; items: InboxItem[]; read: Record<string, number> }
export type InboxUpdate = { items?: InboxItem[]; read?: Record<string, number> }

/** Who is on the floor. `since`: Unix milliseconds; `on`: the topic they look at, where they like to tell. */
export type Presence = { id: string; name: string; since: number; on?: string }
/** State of `p:floor`. */
export type PresenceSnapshot = { here: Presence[] }
export type PresenceUpdate = { here?: Presence[]; gone?: string[] }

/** What a person shows to those who follow them: the fragment of the dashboard's address, as it is there. */
export type Screen = { t: number; place: string }
/** State of `v:ann`; null where they show nothing. */
export type ScreenSnapshot = { screen: Screen | null }
export type ScreenUpdate = { screen?: Screen | null }

/**
 * The event `here`, what others may know of one: `on`, what they look at (null: they do not tell); `typing`, the room
 * they write in, at most once in three seconds; `place`, what followers see (null: not to be followed), at most four
 * times a second. What is left out stays as it was.
 */
export type HereRequest = { on?: string | null; typing?: string; place?: string | null }
/** The event `mark`: a room was read up to `n`; items of one's inbox were acknowledged. */
export type MarkRequest = { read?: Record<string, number>; done?: number[] }
export type DoneReply = { done: true } | { error: WireError }
