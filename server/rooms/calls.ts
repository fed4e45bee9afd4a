import type { Call } from '../../wire/calls.ts'
import type { Author, InboxItem } from '../../wire/rooms.ts'
import { type Topic, topicKey, topicKeys, topicPart } from '../../wire/topics.ts'

/*
 * The calls by which nodes write rooms, inboxes, presence and screens. What they do and return stands in
 * server/redis/library/rooms/.
 */

/** Sorted set: room -> when somebody wrote there last. */
export const ROOMS_KEY = 'wf:{rooms}'
const PRESENCE: Topic = 'p:floor'
/** Hash: handle -> what others may know of a person who is here. */
export const HERE_KEY = topicPart(PRESENCE, 'here')

export type Said = { id: string; text: string; mentions: readonly string[]; announced: boolean }

export const sayCall = (room: Topic, by: Author, { id, text, mentions, announced }: Said): Call => ({
  name: 'wf1_say',
  keys: topicKeys(room),
  args: [by.id, by.name, id, text, mentions.join(' '), announced ? '1' : ''],
})

export const editCall = (room: Topic, by: Author, n: number, text: string, mentions: readonly string[]): Call => ({
  name: 'wf1_edit',
  keys: topicKeys(room),
  args: [by.id, n, text, mentions.join(' ')],
})

export const listRoomCall = (room: Topic): Call => ({
  name: 'wf1_list_room',
  keys: [ROOMS_KEY],
  args: [room.slice(2)],
})

export const typingCall = (room: Topic, by: Author): Call => ({
  name: 'wf1_typing',
  keys: topicKeys(room),
  args: [by.id, by.name],
})

/** Messages before number `before`, null for all. */
export const messagesCall = (room: Topic, before: number | null, limit: number): Call => ({
  name: 'wf1_messages',
  keys: [topicKey(room), topicPart(room, 'messages')],
  args: [before ?? '', limit],
})

export type Told = Pick<InboxItem, 'kind' | 'room' | 'message' | 'from' | 'text'>

const inboxOf = (handle: string): Topic => `i:${handle}`

export const tellCall = (handle: string, { kind, room, message, from, text }: Told): Call => ({
  name: 'wf1_tell',
  keys: topicKeys(inboxOf(handle)),
  args: [kind, room, message, from.id, from.name, text],
})

export const markCall = (handle: string, read: Readonly<Record<string, number>>, done: readonly number[]): Call => {
  const rooms = Object.entries(read)
  return { name: 'wf1_mark', keys: topicKeys(inboxOf(handle)), args: [rooms.length, ...rooms.flat(), ...done] }
}

/** People that one call may tell of. */
export const MOST_TOLD = 200

/** A person on a node. `on`: the topic that they look at, null for none or where they do not tell. */
export type Here = { id: string; name: string; since: number; on: string | null }

/** `leaseMs`: how long this is good for. `sweeps`: whether the node may drop those whose lease is over. */
export const hereCall = (node: string, leaseMs: number, sweeps: boolean, people: readonly Here[]): Call => ({
  name: 'wf1_here',
  keys: topicKeys(PRESENCE),
  args: [node, leaseMs, sweeps ? '1' : '', ...people.flatMap(({ id, name, since, on }) => [id, name, since, on ?? ''])],
})

/** `place` null: they show nothing. */
export const showCall = (handle: string, place: string | null): Call => ({
  name: 'wf1_show',
  keys: topicKeys(`v:${handle}`),
  args: place === null ? [] : [place],
})
