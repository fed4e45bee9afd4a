import { expect, test } from 'vitest'
import { createAlerts } from '../../../../web/state/desk/alerts.ts'
import { createInbox } from '../../../../web/state/desk/inbox.ts'
import { createMarks } from '../../../../web/state/desk/marks.ts'
import type { DoneReply, InboxItem, MarkRequest } from '../../../../wire/rooms.ts'

const item = (n: number, more: Partial<InboxItem> = {}): InboxItem => ({
  ...{ n, id: `m:desk#${n}`, t: n, kind: 'mention', room: 'desk', message: n, text: `@ann ${n}` },
  ...{ from: { id: 'bob', name: 'Bob' } },
  ...more,
})
const settled = () => new Promise((resolve) => setTimeout(resolve))

test('what was acknowledged here or elsewhere is no longer open, and a room is never read backwards', () => {
  const inbox = createInbox()
  inbox.snapshot({ count: 3, items: [item(1, { done: 5 }), item(2), item(3)], read: { desk: 10 } })
  expect(inbox.open.value.map(({ n }) => n)).toEqual([3, 2])
  inbox.markDone([3])
  inbox.update({ items: [item(2, { done: 9 })] })
  expect(inbox.open.value).toEqual([])
  expect(inbox.items.value.every(inbox.isDone)).toBe(true)
  inbox.markRead('desk', 12)
  inbox.update({ read: { desk: 11 } })
  expect(inbox.readTo('desk')).toBe(12)
  inbox.update({ read: { desk: 20 } })
  expect([inbox.readTo('desk'), inbox.readTo('s:AAPL')]).toEqual([20, 0])
})

test('news is what came after the page was opened, also by a snapshot, and each item once', () => {
  const inbox = createInbox()
  const heard: number[] = []
  inbox.onNews((news) => heard.push(...news.map(({ n }) => n)))
  inbox.snapshot({ count: 2, items: [item(1), item(2)], read: {} })
  expect(heard).toEqual([])
  inbox.update({ items: [item(3)] })
  inbox.update({ items: [item(3, { done: 1 })] })
  inbox.snapshot({ count: 5, items: [item(3), item(4), item(5, { done: 2 })], read: {} })
  expect(heard).toEqual([3, 4])
})

test('marks that a node has not heard of are told again, the newest of each room, and then no more', async () => {
  const inbox = createInbox()
  const asked: MarkRequest[] = []
  const replies: (DoneReply | Error)[] = [
    new Error('gone'),
    { error: { code: 'unavailable', message: '' } },
    { done: true },
  ]
  let ready = false
  const mark = async (request: MarkRequest): Promise<DoneReply> => {
    asked.push(request)
    const reply = replies.shift() ?? { done: true }
    if (reply instanceof Error) throw reply
    return reply
  }
  const marks = createMarks({ mark, inbox, ready: () => ready })
  marks.read('desk', 3)
  marks.read('desk', 5)
  marks.read('desk', 4)
  marks.done([7])
  marks.tick()
  await settled()
  expect(asked).toEqual([])
  ready = true
  for (let i = 0; i < 4; i++) {
    marks.tick()
    await settled()
  }
  expect(asked).toEqual([1, 2, 3].map(() => ({ read: { desk: 5 }, done: [7] })))
})

test('notifications and sound are off until a click, and tell what nobody is looking at', async () => {
  const inbox = createInbox()
  const shown: string[] = []
  const heard: string[] = []
  const opened: number[] = []
  const state = { allowed: false, looking: false, hushed: false }
  const stored = { notifications: null as boolean | null, sound: null as boolean | null }
  const remember = (key: keyof typeof stored) => ({
    get: () => stored[key],
    set: (value: boolean) => {
      stored[key] = value
    },
  })
  const alerts = createAlerts({
    inbox,
    prefs: { notifications: remember('notifications'), sound: remember('sound') },
    open: ({ n }) => void opened.push(n),
    hushed: () => state.hushed,
    attention: {
      allowed: () => state.allowed,
      ask: async () => state.allowed,
      show: (title, body, _tag, onClick) => {
        shown.push(`${title}: ${body}`)
        onClick()
      },
      sound: (tag) => void heard.push(tag),
      visible: () => true,
      looking: () => state.looking,
    },
  })
  alerts.start()
  inbox.snapshot({ count: 0, items: [], read: {} })
  inbox.update({ items: [item(1)] })
  expect([shown, heard, alerts.wanted()]).toEqual([[], [], false])
  alerts.switchNotifications()
  await settled()
  expect([alerts.notifications.value, alerts.refused.value]).toEqual([false, true])
  state.allowed = true
  alerts.switchNotifications()
  alerts.switchSound()
  await settled()
  expect(stored).toEqual({ notifications: true, sound: true })
  inbox.update({ items: [item(2), item(3, { kind: 'announcement', text: 'all out' })] })
  expect(shown).toEqual(['Bob to everyone: all out (and 1 more)'])
  expect(opened).toEqual([3])
  state.looking = true
  inbox.update({ items: [item(4)] })
  expect(shown).toHaveLength(1)
  expect(heard).toEqual(['test', 'm:desk#3', 'm:desk#4'])
  // Whoever looks at the past hears of nothing.
  state.looking = false
  state.hushed = true
  inbox.update({ items: [item(5)] })
  expect([shown.length, heard.length]).toEqual([1, 3])
})
