import { expect, test } from 'vitest'
import { createOutbox, MOST_UNSENT } from '../../../../web/state/desk/outbox.ts'
import { readAllUnsent, type Unsent } from '../../../../web/state/desk/unsent.ts'
import type { ErrorCode } from '../../../../wire/protocol.ts'
import type { Message, SayReply, SayRequest } from '../../../../wire/rooms.ts'

type Answer = 'taken' | 'broken' | ErrorCode

/** A node with rooms, which takes each id once; `answers` say how it replies, then it takes everything. */
const setUp = (answers: Answer[] = []) => {
  const room = new Map<string, Message>()
  const asked: SayRequest[] = []
  const said: Message[] = []
  let stored: Unsent[] | null = null
  const state = { ready: true, me: 'ann' as string | null }
  const take = (request: SayRequest): Message => {
    const key = 'id' in request ? request.id : `edit ${request.n}`
    const known = room.get(key)
    const made = known ?? { n: room.size + 1, t: 0, by: { id: 'ann', name: 'Ann' }, text: request.text }
    room.set(key, made)
    return made
  }
  const say = async (request: SayRequest): Promise<SayReply> => {
    asked.push(request)
    const answer = answers.shift() ?? 'taken'
    if (answer === 'taken') return { message: take(request) }
    // It has taken the message: only the reply is lost.
    take(request)
    if (answer === 'broken') throw new Error('socket has been disconnected')
    return { error: { code: answer, message: `no: ${answer}` } }
  }
  let ids = 0
  const outbox = createOutbox({
    say,
    ready: () => state.ready,
    me: () => state.me,
    kept: {
      get: () => readAllUnsent(JSON.parse(JSON.stringify(stored))),
      set: (unsent) => {
        stored = unsent
      },
    },
    newId: () => `id-${++ids}`,
    said: (_, message) => void said.push(message),
  })
  return { outbox, asked, said, room, state, phases: () => outbox.unsent.value.map(({ phase }) => phase) }
}
const settled = () => new Promise((resolve) => setTimeout(resolve))

test('a message that was not acknowledged is said again with the same id, and so is there once', async () => {
  const { outbox, asked, said, room } = setUp(['broken', 'unavailable'])
  outbox.say('desk', 'hello')
  await settled()
  expect(outbox.unsent.value).toMatchObject([{ text: 'hello', phase: 'waiting' }])
  outbox.tick()
  await settled()
  outbox.tick()
  await settled()
  expect(asked.map((request) => 'id' in request && request.id)).toEqual(['id-1', 'id-1', 'id-1'])
  expect([...room.values()]).toHaveLength(1)
  expect(said.map(({ text }) => text)).toEqual(['hello'])
  expect(outbox.unsent.value).toEqual([])
})

test('messages go one after the other, and wait while there is no connection', async () => {
  const { outbox, asked, state, phases } = setUp()
  state.ready = false
  for (const text of ['one', 'two', 'three']) outbox.say('desk', text)
  await settled()
  expect([asked.length, phases()]).toEqual([0, ['waiting', 'waiting', 'waiting']])
  state.ready = true
  outbox.tick()
  await settled()
  expect(asked.map(({ text }) => text)).toEqual(['one', 'two', 'three'])
  expect(phases()).toEqual([])
})

test('one that is refused stays, with the reason, and holds up no other', async () => {
  const { outbox, phases } = setUp(['not_allowed'])
  outbox.say('s:AAPL', 'secret')
  outbox.say('desk', 'fine')
  await settled()
  expect(phases()).toEqual(['refused'])
  const [one] = outbox.unsent.value
  expect(one?.error).toBe('no: not_allowed')
  outbox.retry(one?.id ?? '')
  await settled()
  expect(phases()).toEqual([])
})

test('a change names the message, and nobody without a name says anything', async () => {
  const { outbox, asked, state } = setUp()
  outbox.say('desk', 'better', { n: 7 })
  await settled()
  expect(asked).toEqual([{ room: 'desk', n: 7, text: 'better' }])
  state.me = null
  expect(outbox.say('desk', 'hello')).toBe(false)
})

test('what somebody else wrote in this tab before is not said in the name of whoever is here now', async () => {
  const { outbox, asked, state } = setUp()
  state.ready = false
  outbox.say('desk', 'from ann')
  state.me = 'bob'
  state.ready = true
  outbox.tick()
  await settled()
  expect(asked).toEqual([])
})

test('only so many wait', () => {
  const { outbox, state } = setUp()
  state.ready = false
  for (let i = 0; i < MOST_UNSENT; i++) expect(outbox.say('desk', `${i}`)).toBe(true)
  expect(outbox.say('desk', 'one more')).toBe(false)
})

test('what is kept over a reload waits again, and what is no message is left out', () => {
  const kept: Unsent = {
    ...{ id: 'a', by: 'ann', room: 'desk', text: 'x', announce: false, n: null },
    ...{ phase: 'sending', error: null },
  }
  expect(readAllUnsent([kept, { ...kept, by: '<b>' }, null, 7, { id: 'b' }])).toEqual([{ ...kept, phase: 'waiting' }])
  expect(readAllUnsent({})).toBeNull()
})
