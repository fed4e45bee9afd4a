import { randomUUID } from 'node:crypto'
import pino from 'pino'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ANYBODY, type Person } from '../../../server/people/person.ts'
import { createRights } from '../../../server/people/rights.ts'
import { createRooms, type Rooms } from '../../../server/rooms/rooms.ts'
import { type Action, parseGrants } from '../../../wire/grants.ts'
import type { InboxSnapshot, Message, PresenceSnapshot, SayReply } from '../../../wire/rooms.ts'
import type { Topic } from '../../../wire/topics.ts'
import { eventually } from '../../support/eventually.ts'
import { noFaults } from '../../support/faults.ts'
import { type Floor, startFloor } from '../redis/floor.ts'

let floor: Floor
const EVERYBODY = ['ann', 'bob', 'eve', ...Array.from({ length: 250 }, (_, i) => `all${i}`)]
const announced: [string, Topic][] = []
let rooms: Rooms
const portsOf = () => ({
  redis: floor.redis,
  isUp: () => true,
  people: async () => EVERYBODY.map((id) => ({ id, name: id })),
  announced: async (...what: [string, Topic]) => void announced.push(what),
  count: () => {},
  unreadable: () => {},
  log: pino({ level: 'silent' }),
  faults: noFaults,
})
beforeAll(async () => {
  floor = await startFloor()
  rooms = createRooms({ ...portsOf(), node: 'one' })
})
afterAll(async () => {
  rooms?.presence.stop()
  await floor.stop()
})

const rights = createRights({ now: Date.now, isRevoked: () => false })
const asker = (id: string | null, written = 'watch:* say:*') => {
  const grants = parseGrants(written) ?? []
  const person: Person = { ...ANYBODY, id, name: `Name of ${id}`, grants }
  return { person: () => person, may: (action: Action, topic: Topic) => rights.may(person, action, topic) }
}
const attend = (id: string | null, written?: string) => {
  const { acts, leave } = rooms.attend(asker(id, written))
  const say = async (request: object): Promise<Message> => {
    const reply = (await acts.say(request)) as SayReply
    if ('error' in reply) throw new Error(reply.error.code)
    return reply.message
  }
  const write = (room: string, text: string, more = {}) => say({ room, id: randomUUID(), text, ...more })
  const inbox = async () => (await floor.snapshot<InboxSnapshot>(`i:${id}`)).snapshot
  return { acts, leave, say, write, inbox }
}
const fresh = (): string => `m:${floor.fresh('acts')}`

it('whoever is mentioned finds it in their inbox, once, and nobody else', async () => {
  const room = fresh()
  const [ann, bob, eve] = [attend('ann'), attend('bob'), attend('eve')]
  const request = { room, id: 'x1', text: 'Ask @bob, @ann or @nobody\u200b  ' }
  const message = await ann.say(request)
  expect(message).toMatchObject({ n: 1, text: 'Ask @bob, @ann or @nobody', to: ['bob', 'ann'], by: { id: 'ann' } })
  expect(await ann.say(request)).toEqual(message)
  expect((await bob.inbox()).items).toMatchObject([
    { kind: 'mention', room, message: 1, from: { id: 'ann' }, text: 'Ask @bob, @ann or @nobody' },
  ])
  expect([(await ann.inbox()).items, (await eve.inbox()).items]).toEqual([[], []])
  await ann.say({ room, n: 1, text: 'Ask @eve' })
  expect((await bob.inbox()).items).toMatchObject([{ text: 'Ask @eve' }])
  expect((await eve.inbox()).items).toMatchObject([{ text: 'Ask @eve' }])
  await ann.say({ room, n: 1, text: '' })
  for (const one of [bob, eve]) expect((await one.inbox()).items).toMatchObject([{ message: 1, text: '' }])
  await expect(bob.say({ room, n: 1, text: 'mine' })).rejects.toThrow('not_allowed')
  await expect(bob.say({ room, n: 9, text: 'none' })).rejects.toThrow('bad_request')
})

it('an announcement reaches everybody but its author, by who may', async () => {
  const room = fresh()
  await expect(attend('all0').write(room, 'hear', { announce: true })).rejects.toThrow('not_allowed')
  const message = await attend('all0', 'say:* announce:*').write(room, 'hear @all3', { announce: true })
  expect(message).toMatchObject({ announced: true })
  expect(announced).toEqual([['all0', room]])
  for (const [id, items] of [
    ['all0', []],
    ['all3', [{ kind: 'mention' }]],
    ['all249', [{ kind: 'announcement', message: 1 }]],
  ] as const)
    expect((await attend(id).inbox()).items).toMatchObject(items)
})

it.each([
  ['ann', 'watch:*', 'm:desk', 'not_allowed'],
  ['ann', 'say:m:desk watch:*', 'm:desk2', 'not_allowed'],
  ['ann', 'say:* watch:s:A', 'm:s:B', 'not_allowed'],
  ['ann', 'say:* watch:s:A', 'm:m:s:B', 'not_allowed'],
  ['ann', 'say:* watch:*', 'm:i:bob', 'not_allowed'],
  [null, 'say:* watch:*', 'm:desk', 'not_signed_in'],
  [null, 'watch:*', 'm:desk', 'not_allowed'],
] as const)('%s with %s may not write in %s: %s', async (id, grants, room, code) => {
  await expect(attend(id, grants).write(room, 'x')).rejects.toThrow(code)
  expect(await attend(id, grants).acts.here({ typing: room })).toMatchObject({ error: { code } })
})

it('may write about what they may see', async () => {
  const ann = attend('ann', 'say:* watch:s:AC* watch:m:*')
  expect(await ann.write('m:s:ACME', 'note')).toMatchObject({ text: 'note' })
  expect(await ann.write('m:m:s:ACME', 'note')).toMatchObject({ text: 'note' })
  expect(await ann.write('m:i:ann', 'note')).toMatchObject({ text: 'note' })
})

it('refuses what is no request, and does nothing of it', async () => {
  const { acts } = attend('ann')
  const [room, text, id] = [fresh(), 'x', 'i']
  const wrong = [
    ...[null, undefined, 1, 'x', [], {}, { room }, { room, text }, { room, id }, { room, id, n: 1, text }],
    ...[
      { room: 's:A', id, text },
      { room: 'm:', id, text },
      { room, id: 'a b', text },
      { room, id: '', text },
    ],
    ...[
      { room, id, text: 1 },
      { room, id, text: '' },
      { room, id, text: ' \u200d ' },
      { room, n: 0, text },
    ],
    ...[
      { room, id, text: 'x'.repeat(4001) },
      { room, id, text: '\u0301'.repeat(32_768) },
    ],
  ]
  for (const request of wrong)
    expect(await acts.say(request), JSON.stringify(request)?.slice(0, 99)).toMatchObject({
      error: { code: 'bad_request' },
    })
  const marks = [null, { read: [] }, { read: { 's:A': 1 } }, { read: { 'm:a': -1 } }, { done: [0] }, { done: 1 }]
  for (const request of marks) expect(await acts.mark(request)).toMatchObject({ error: { code: 'bad_request' } })
  for (const request of [null, { on: 'x' }, { on: 1 }, { typing: 's:A' }, { place: 1 }, { place: '\ud800' }])
    expect(await acts.here(request)).toMatchObject({ error: { code: 'bad_request' } })
  expect(await rooms.messages({ room: room as Topic, limit: 10 })).toEqual({ room, messages: [], first: 1 })
})

it('writes as fast as anybody types, and not for ever', async () => {
  const { acts } = attend('ann')
  const room = fresh()
  const replies = await Promise.all(
    Array.from({ length: 60 }, (_, i) => acts.say({ room, id: `${i}`, text: 'x' }) as Promise<SayReply>),
  )
  const written = replies.filter((reply) => 'message' in reply).length
  expect(written).toBeGreaterThanOrEqual(30)
  expect(replies.at(-1)).toMatchObject({ error: { code: 'rate_limited' } })
  expect((await rooms.messages({ room: room as Topic, limit: 200 })).messages).toHaveLength(written)
})

it('marks in one own inbox, tells what they do, and nothing of nobody', async () => {
  const ann = attend('ann')
  expect(await ann.acts.mark({ read: { 'm:desk': 3 }, done: [1] })).toEqual({ done: true })
  expect(await ann.acts.mark({})).toEqual({ done: true })
  expect((await ann.inbox()).read).toEqual({ 'm:desk': 3 })
  expect(await ann.acts.here({ on: 's:A', place: '#x' })).toEqual({ done: true })
  expect((await floor.snapshot('v:ann')).snapshot).toMatchObject({ screen: { place: '#x' } })
  const here = async () => (await floor.snapshot<PresenceSnapshot>('p:floor')).snapshot.here
  const isShown = async () => {
    await rooms.presence.tell() // as a node does by the clock
    return (await here()).some(({ id, on, name }) => id === 'ann' && on === 's:A' && name === 'Name of ann')
  }
  await eventually('what she looks at is told', isShown)
  const nobody = attend(null)
  expect(await nobody.acts.mark({ read: { 'm:desk': 3 } })).toMatchObject({ error: { code: 'not_signed_in' } })
  expect(await nobody.acts.here({ on: 's:A' })).toMatchObject({ error: { code: 'not_signed_in' } })
})

it('lists the rooms that somebody may read, with their last message', async () => {
  const ann = attend('lister')
  const [a, b] = [fresh(), fresh()]
  await ann.write(a, 'first')
  await ann.write(b, 'second')
  await ann.write('m:s:HIDDEN', 'secret')
  const other = createRooms({ ...portsOf(), node: 'two' })
  const rows = await other.list(asker('ann', `watch:m:s:HIDDEN watch:${b}`))
  expect(rows).toEqual([{ room: b, count: 1, last: expect.objectContaining({ text: 'second' }) }])
  const all = await other.list(asker('ann', 'watch:*'))
  expect(all.map(({ room }) => room)).toEqual(expect.arrayContaining([a, b, 'm:s:HIDDEN', 'm:desk']))
})
