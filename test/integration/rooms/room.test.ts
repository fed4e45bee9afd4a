import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { editCall, listRoomCall, messagesCall, ROOMS_KEY, sayCall, typingCall } from '../../../server/rooms/calls.ts'
import type { Message, RoomSnapshot } from '../../../wire/rooms.ts'
import { type Topic, topicKey, topicPart } from '../../../wire/topics.ts'
import { type Floor, startFloor } from '../redis/floor.ts'

let floor: Floor
beforeAll(async () => {
  floor = await startFloor()
})
afterAll(() => floor.stop())

const ANN = { id: 'ann', name: 'Ann "A." \\ Łęcka' }
const BOB = { id: 'bob', name: 'Bob' }
const fresh = (): Topic => `m:${floor.fresh('room')}`
const said = (id: string, text = id, mentions: string[] = [], announced = false) => ({ id, text, mentions, announced })
type Said = [number, string, number]
const say = async (room: Topic, by: typeof ANN, what: ReturnType<typeof said>) => {
  const [n, message, isNew] = (await floor.run(sayCall(room, by, what))) as Said
  return { n, message: JSON.parse(message) as Message, isNew: isNew === 1 }
}
const edit = async (room: Topic, by: typeof ANN, n: number, text: string, mentions: string[] = []) => {
  const [what, message] = (await floor.run(editCall(room, by, n, text, mentions))) as [string, string?]
  return message === undefined ? what : (JSON.parse(message) as Message)
}
const page = async (room: Topic, before: number | null, limit: number) => {
  const { name, keys, args } = messagesCall(room, before, limit)
  const reply = (await floor.redis.call('FCALL_RO', name, keys.length, ...keys, ...args)) as [number, number]
  const [count, first, ...texts] = reply as unknown as [number, number, ...string[]]
  return { count, first, ns: texts.map((text) => (JSON.parse(text) as Message).n) }
}

it('numbers messages from 1, keeps and sends them as they are', async () => {
  const room = fresh()
  const listener = await floor.listen(room)
  const text = 'Zeile 1\n"quoted" \\ </script> 😀 \u2067עברית\u2069'
  const first = await say(room, ANN, said('a', text, ['bob', 'j.doe'], true))
  expect(first).toEqual({
    n: 1,
    isNew: true,
    message: { n: 1, t: expect.any(Number), by: ANN, text, to: ['bob', 'j.doe'], announced: true },
  })
  const second = await say(room, BOB, said('a'))
  expect(second).toMatchObject({ n: 2, message: { n: 2, by: BOB, text: 'a' } })
  const updates = await listener.updates()
  await listener.stop()
  expect(updates).toMatchObject([
    { seq: 1, messages: [first.message] },
    { seq: 2, messages: [second.message] },
  ])
  const { snapshot, cursor } = await floor.snapshot<RoomSnapshot>(room)
  expect(cursor.seq).toBe(2)
  expect(snapshot).toEqual({ count: 2, messages: [first.message, second.message] })
})

it('takes what a client says again under its id as the same message, whoever else uses that id', async () => {
  const room = fresh()
  const first = await say(room, ANN, said('1'))
  const listener = await floor.listen(room)
  expect(await say(room, ANN, said('1', 'something else'))).toEqual({ ...first, isNew: false })
  expect((await say(room, BOB, said('1'))).n).toBe(2)
  expect((await say(fresh(), ANN, said('1'))).n).toBe(1)
  const together = await Promise.all(Array.from({ length: 20 }, () => say(room, ANN, said('2'))))
  expect(together.map(({ n }) => n)).toEqual(together.map(() => 3))
  expect(together.filter(({ isNew }) => isNew)).toHaveLength(1)
  expect((await listener.updates()).map(({ seq }) => seq)).toEqual([2, 3])
  await listener.stop()
})

it('is changed and deleted by its author only, and shows it', async () => {
  const room = fresh()
  const { message } = await say(room, ANN, said('1', 'hello', ['bob']))
  expect(await edit(room, BOB, 1, 'mine')).toBe('other')
  expect(await edit(room, ANN, 2, 'none')).toBe('missing')
  const listener = await floor.listen(room)
  const changed = { ...message, text: 'hello all', to: ['bob', 'eve'], edited: expect.any(Number) }
  expect(await edit(room, ANN, 1, 'hello all', ['eve'])).toEqual(changed)
  expect(await edit(room, ANN, 1, 'hello all', ['eve'])).toEqual(changed)
  const deleted = { ...changed, text: '', deleted: expect.any(Number) }
  expect(await edit(room, ANN, 1, '')).toEqual(deleted)
  expect(await edit(room, ANN, 1, '')).toEqual(deleted)
  expect(await edit(room, ANN, 1, 'again')).toBe('missing')
  expect((await listener.updates()).map(({ messages }) => messages)).toEqual([[changed], [deleted]])
  await listener.stop()
  expect((await say(room, ANN, said('1'))).message).toEqual(deleted)
  expect((await floor.snapshot<RoomSnapshot>(room)).snapshot).toEqual({ count: 1, messages: [deleted] })
  expect(JSON.parse((await floor.redis.hget(topicKey(room), 'last')) ?? '')).toEqual(deleted)
})

it('the state has the newest fifty, a page those before a number', async () => {
  const room = fresh()
  for (let i = 1; i <= 120; i++) await floor.run(sayCall(room, ANN, said(`${i}`)))
  const { snapshot } = await floor.snapshot<RoomSnapshot>(room)
  expect(snapshot.count).toBe(120)
  expect(snapshot.messages.map(({ n }) => n)).toEqual(Array.from({ length: 50 }, (_, i) => 71 + i))
  expect(await page(room, 71, 50)).toEqual({ count: 120, first: 1, ns: Array.from({ length: 50 }, (_, i) => 21 + i) })
  expect(await page(room, 21, 50)).toMatchObject({ ns: Array.from({ length: 20 }, (_, i) => 1 + i) })
  expect(await page(room, 1, 50)).toMatchObject({ ns: [] })
  expect(await page(room, null, 2)).toMatchObject({ ns: [119, 120] })
  expect(await page(room, 9000, 2)).toMatchObject({ ns: [119, 120] })
  expect(await page(fresh(), null, 2)).toEqual({ count: 0, first: 1, ns: [] })
})

it('keeps the newest ten thousand, and forgets the ids of those that go', async () => {
  const room = fresh()
  await floor.run(sayCall(room, ANN, said('first')))
  for (let i = 1; i < 10_000; i += 999)
    await floor.runAll(
      Array.from({ length: Math.min(999, 10_000 - i) }, (_, k) => sayCall(room, ANN, said(`${i + k}`))),
    )
  const [messages, ids] = [topicPart(room, 'messages'), topicPart(room, 'said')]
  expect([await floor.redis.hlen(messages), await floor.redis.zcard(ids)]).toEqual([10_000, 10_000])
  expect(await page(room, 3, 10)).toMatchObject({ first: 1, ns: [1, 2] })
  expect((await say(room, ANN, said('first'))).n).toBe(1)
  expect((await say(room, ANN, said('more'))).n).toBe(10_001)
  expect([await floor.redis.hlen(messages), await floor.redis.zcard(ids)]).toEqual([10_000, 10_000])
  expect(await page(room, 4, 10)).toMatchObject({ count: 10_001, first: 2, ns: [2, 3] })
  expect(await edit(room, ANN, 1, 'too late')).toBe('missing')
  expect((await say(room, ANN, said('first'))).n).toBe(10_002)
})

it('a cursor gets the messages that it missed, and who wrote meanwhile is passed over', async () => {
  const room = fresh()
  const message = async (id: string) => (await say(room, ANN, said(id))).message
  await message('1')
  const { cursor } = await floor.snapshot(room)
  const type = () => floor.run(typingCall(room, BOB))
  await type()
  await type()
  const typed = await floor.read(room, cursor)
  expect(typed).toMatchObject({ kind: 'replay', cursor: { seq: 3 }, updates: [{ seq: 3, after: 1, typing: [] }] })
  const second = await message('2')
  await type()
  const third = await message('3')
  await type()
  expect(await floor.read(room, cursor)).toMatchObject({
    kind: 'replay',
    cursor: { seq: 7 },
    updates: [
      { seq: 4, after: 1, messages: [second] },
      { seq: 6, after: 4, messages: [third] },
      { seq: 7, typing: [] },
    ],
  })
  expect(await floor.read(room, { ...cursor, seq: 7 })).toMatchObject({ kind: 'current' })
  await floor.redis.del(topicPart(room, 'log'))
  expect(await floor.read(room, cursor)).toMatchObject({ kind: 'snapshot', snapshot: { count: 3 } })
})

it('more than the log keeps is a snapshot', async () => {
  const room = fresh()
  await floor.run(sayCall(room, ANN, said('0')))
  const { cursor } = await floor.snapshot(room)
  await floor.runAll(Array.from({ length: 1500 }, (_, i) => sayCall(room, ANN, said(`${i + 1}`))))
  expect(await floor.read(room, cursor)).toMatchObject({ kind: 'snapshot', snapshot: { count: 1501 } })
  expect(await floor.read(room, { ...cursor, seq: 600 })).toMatchObject({ kind: 'replay', cursor: { seq: 1501 } })
})

it('lists rooms by when somebody wrote there last, two thousand of them', async () => {
  const listed = () => floor.redis.zrevrange(ROOMS_KEY, 0, -1)
  await floor.run(listRoomCall('m:old'))
  await floor.runAll(Array.from({ length: 1999 }, (_, i) => listRoomCall(`m:r${i}`)))
  expect(await listed()).toHaveLength(2000)
  await sleep(5) // they are told apart by the millisecond
  await floor.run(listRoomCall('m:old'))
  await floor.run(listRoomCall('m:new'))
  expect(await listed()).toHaveLength(2000)
  expect((await listed()).slice(0, 2).sort()).toEqual(['new', 'old'])
})

it('refuses what is no message, and writes nothing of it', async () => {
  const room = fresh()
  const wrong = [
    sayCall(room, { id: 'Ann', name: 'Ann' }, said('1')),
    sayCall(room, { id: '', name: 'Ann' }, said('1')),
    sayCall(room, { id: 'ann', name: 'x'.repeat(241) }, said('1')),
    sayCall(room, ANN, said('')),
    sayCall(room, ANN, said('a b')),
    sayCall(room, ANN, said('x'.repeat(65))),
    sayCall(room, ANN, said('1', '')),
    sayCall(room, ANN, said('1', 'x'.repeat(4001))),
    sayCall(room, ANN, said('1', Buffer.from([0xff, 0xfe]) as never)),
    sayCall(room, ANN, said('1', 'x', ['Ann'])),
    editCall(room, ANN, 0, 'x', []),
    editCall(room, ANN, 1.5, 'x', []),
    typingCall(room, { id: '"', name: 'x' }),
    listRoomCall('m:{'),
  ]
  for (const call of wrong) await expect(floor.run(call), JSON.stringify(call)).rejects.toThrow(/^WFARG/)
  const call = sayCall(room, ANN, said('1'))
  for (const keys of [call.keys.slice(0, 3), [...call.keys].reverse(), sayCall('s:X' as Topic, ANN, said('1')).keys])
    await expect(floor.run({ ...call, keys })).rejects.toThrow(/^WFKEY/)
  expect(await floor.redis.exists(topicKey(room))).toBe(0)
})

it('a room where nobody wrote is empty', async () => {
  const room = fresh()
  const empty = { kind: 'snapshot', cursor: { epoch: '', seq: 0 }, snapshot: { count: 0, messages: [] } }
  expect(await floor.read(room)).toEqual(empty)
  expect(await floor.read(room, { epoch: '', seq: 0 })).toMatchObject({ kind: 'current' })
  expect(await floor.read(room, { epoch: 'x', seq: 3 })).toEqual(empty)
})
