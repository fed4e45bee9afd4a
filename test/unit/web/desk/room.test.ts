import { signal } from '@preact/signals'
import { expect, test } from 'vitest'
import { linesOf } from '../../../../web/state/desk/days.ts'
import { createInbox } from '../../../../web/state/desk/inbox.ts'
import { createPast } from '../../../../web/state/desk/past.ts'
import { createRooms } from '../../../../web/state/desk/rooms.ts'
import { createUnread } from '../../../../web/state/desk/unread.ts'
import { FIRST_PLACE } from '../../../../web/state/prefs.ts'
import type { Message, MessagesReply, RoomRow } from '../../../../wire/rooms.ts'
import type { Topic } from '../../../../wire/topics.ts'

const DAY = 86_400_000
const message = (n: number, by = 'ann', t = n * 1_000, more: Partial<Message> = {}): Message => ({
  ...{ n, t, by: { id: by, name: by }, text: `no ${n}` },
  ...more,
})
const run = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => message(from + i))

test('a room has a line before each day, one before what is new, and one name above a run', () => {
  const messages = [
    message(1),
    message(2),
    message(3, 'bob'),
    message(4, 'bob', DAY + 5_000),
    message(5, 'bob', DAY + 6_000),
    message(6, 'ann', DAY + 7_000),
  ]
  const lines = linesOf(messages, { dayOf: (t) => String(Math.floor(t / DAY)), readTo: 3, me: 'ann' })
  const told = lines.map((line) => (line.kind === 'message' ? `${line.message.n}${line.first ? '!' : ''}` : line.kind))
  expect(told).toEqual(['day', '1!', '2', '3!', 'day', 'new', '4!', '5', '6!'])
  const own = linesOf(messages, { dayOf: () => '', readTo: 5, me: 'ann' })
  expect(own.some(({ kind }) => kind === 'new')).toBe(false)
  expect(new Set(lines.map(({ key }) => key)).size).toBe(lines.length)
})

test('older messages come a page at a time, and a failure can be tried again', async () => {
  const rooms = createRooms()
  const asked: number[] = []
  let fails = true
  const load = async (room: string, before: number): Promise<MessagesReply> => {
    asked.push(before)
    if (fails) throw new Error('away')
    return { room, messages: run(Math.max(1, before - 10), before - 1), first: 1 }
  }
  const past = createPast(load, rooms)
  rooms.snapshot('m:desk', { count: 40, messages: run(31, 40) })
  expect(await past.reach('m:desk', 5)).toBe(false)
  expect(past.phase.value).toBe('failed')
  fails = false
  expect(await past.reach('m:desk', 5)).toBe(true)
  expect(asked).toEqual([31, 31, 21, 11])
  expect(rooms.thread('m:desk').value.messages.map(({ n }) => n)).toEqual(run(1, 40).map(({ n }) => n))
  expect(await past.reach('m:desk', 0)).toBe(false)
})

test('the list counts what one has not read, by what knows best, and nothing for one without a name', () => {
  const rooms = createRooms()
  const inbox = createInbox()
  const rows = signal<readonly RoomRow[]>([
    { room: 'm:desk', count: 10, last: message(10) },
    { room: 'm:night', count: 4, last: message(4) },
  ])
  const handle = signal<string | null>('ann')
  const unread = createUnread({
    ...{ rooms, inbox, handle, list: { rows }, look: { room: signal<Topic>('m:desk') } },
    ...{ rights: { sees: () => true }, place: signal(FIRST_PLACE) },
  })
  const counts = () => unread.lines.value.map(({ room, unread: count }) => [room, count])
  inbox.snapshot({ count: 0, items: [], read: { 'm:desk': 8, 'm:night': 4 } })
  expect(counts()).toEqual([
    ['m:desk', 2],
    ['m:night', 0],
  ])
  rooms.snapshot('m:desk', { count: 12, messages: run(3, 12) })
  rooms.update('m:desk', { messages: [message(13)] }, 0)
  expect(counts()[0]).toEqual(['m:desk', 5])
  expect(unread.badge.value).toEqual({ items: 0, unread: true })
  inbox.markRead('m:desk', 13)
  expect(unread.badge.value.unread).toBe(false)
  handle.value = null
  inbox.clear()
  expect(counts().map(([, count]) => count)).toEqual([0, 0])
})
