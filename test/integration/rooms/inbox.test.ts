import { afterAll, beforeAll, expect, it } from 'vitest'
import { markCall, type Told, tellCall } from '../../../server/rooms/calls.ts'
import type { InboxItem, InboxSnapshot } from '../../../wire/rooms.ts'
import { type Topic, topicPart } from '../../../wire/topics.ts'
import { type Floor, startFloor } from '../redis/floor.ts'

let floor: Floor
beforeAll(async () => {
  floor = await startFloor()
})
afterAll(() => floor.stop())

const told = (message: number, text = `text ${message}`, room = 'm:s:AAPL'): Told => ({
  kind: 'mention',
  room,
  message,
  from: { id: 'bob', name: 'Bob' },
  text,
})
const fresh = () => {
  const handle = floor.fresh('ann')
  const topic: Topic = `i:${handle}`
  const state = async (): Promise<InboxSnapshot> => (await floor.snapshot<InboxSnapshot>(topic)).snapshot
  return { handle, topic, state, tell: (one: Told) => floor.run(tellCall(handle, one)) }
}

it('has each message once, however often it is told', async () => {
  const { topic, state, tell } = fresh()
  const listener = await floor.listen(topic)
  expect(await tell(told(7))).toBe(1)
  expect(await tell(told(7))).toBe(1)
  expect(await tell(told(7, 'other room', 'm:desk'))).toBe(2)
  const { items, count, read } = await state()
  expect([count, read]).toEqual([2, {}])
  expect(items[0]).toEqual({ n: 1, id: 'm:s:AAPL#7', t: expect.any(Number), ...told(7) } satisfies InboxItem)
  expect((await listener.updates()).map((update) => update.items?.length)).toEqual([1, 1])
  await listener.stop()
})

it('follows a message that is changed or deleted, and makes no news of one that is gone', async () => {
  const { topic, state, tell } = fresh()
  await tell(told(1))
  const listener = await floor.listen(topic)
  await tell(told(1, 'changed'))
  await tell(told(1, ''))
  expect(await tell(told(2, ''))).toBe(0)
  expect((await listener.updates()).map(({ items }) => items?.[0]?.text)).toEqual(['changed', ''])
  await listener.stop()
  expect(await state()).toMatchObject({ count: 1, items: [{ n: 1, message: 1, text: '' }] })
})

it('marks never go back, and tell only what changed', async () => {
  const { handle, topic, state } = fresh()
  const listener = await floor.listen(topic)
  const mark = (read: Record<string, number>) => floor.run(markCall(handle, read, []))
  expect(await mark({ 'm:desk': 5, 'm:s:AAPL': 1 })).toBe(2)
  expect(await mark({ 'm:desk': 4, 'm:s:AAPL': 3 })).toBe(1)
  expect(await mark({ 'm:desk': 5 })).toBe(0)
  await Promise.all(Array.from({ length: 30 }, (_, i) => mark({ 'm:desk': 30 - i })))
  expect((await state()).read).toEqual({ 'm:desk': 30, 'm:s:AAPL': 3 })
  const reads = (await listener.updates()).map(({ read }) => read)
  await listener.stop()
  expect(reads.slice(0, 3)).toEqual([{ 'm:desk': 5, 'm:s:AAPL': 1 }, { 'm:s:AAPL': 3 }, { 'm:desk': 30 }])
  expect(reads).toHaveLength(3)
})

it('an item is acknowledged once, on whichever device', async () => {
  const { handle, topic, state, tell } = fresh()
  // As nasty as a text can be to whoever looks at how an item ends.
  await tell(told(1, '","done":1}'))
  await tell(told(2))
  const listener = await floor.listen(topic)
  expect(await floor.run(markCall(handle, {}, [1, 3]))).toBe(1)
  expect(await floor.run(markCall(handle, { 'm:desk': 1 }, [1, 2]))).toBe(2)
  const [first, second] = await listener.updates()
  await listener.stop()
  expect(first).toMatchObject({ items: [{ n: 1, done: expect.any(Number), text: '","done":1}' }] })
  expect(second).toMatchObject({ items: [{ n: 2 }], read: { 'm:desk': 1 } })
  // A change of the message leaves it acknowledged.
  await tell(told(1, 'changed'))
  expect((await state()).items.map(({ text, done }) => [text, typeof done])).toEqual([
    ['changed', 'number'],
    ['text 2', 'number'],
  ])
})

it('keeps the newest five hundred, and replays what a cursor missed', async () => {
  const { topic, state, tell, handle } = fresh()
  await tell(told(1))
  const { cursor } = await floor.snapshot(topic)
  await floor.runAll(Array.from({ length: 500 }, (_, i) => tellCall(handle, told(i + 2))))
  const { items, count } = await state()
  expect([count, items.length, items[0]?.n, items.at(-1)?.n]).toEqual([501, 500, 2, 501])
  expect(await floor.redis.zcard(topicPart(topic, 'told'))).toBe(500)
  const missed = await floor.read(topic, cursor)
  expect(missed.kind === 'replay' && missed.updates.length).toBe(500)
  expect(await tell(told(3))).toBe(3)
})

it('knows of a thousand rooms how far they were read', async () => {
  const { handle, state } = fresh()
  for (let i = 0; i < 1010; i += 101) {
    const read = Object.fromEntries(Array.from({ length: 100 }, (_, k) => [`m:r${i + k}`, 1]))
    await floor.run(markCall(handle, { ...read }, []))
  }
  expect(Object.keys((await state()).read)).toHaveLength(1000)
  await floor.run(markCall(handle, { 'm:r0': 9, 'm:more': 1 }, []))
  expect((await state()).read).toMatchObject({ 'm:r0': 9 })
  expect(Object.keys((await state()).read)).toHaveLength(1000)
})

it('refuses what is no item and no mark', async () => {
  const { handle, topic } = fresh()
  const many = Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`m:r${i}`, 1]))
  const wrong = [
    tellCall(handle, { ...told(0) }),
    tellCall(handle, told(1, 'x', 's:AAPL')),
    tellCall(handle, told(1, 'x', 'm:"')),
    tellCall(handle, told(1, 'x'.repeat(1001))),
    tellCall(handle, { ...told(1), kind: '"' as never }),
    tellCall(handle, { ...told(1), from: { id: 'Bob', name: '' } }),
    markCall(handle, { 's:AAPL': 1 }, []),
    markCall(handle, { 'm:desk': 0 }, []),
    markCall(handle, { 'm:desk': 1.5 }, []),
    markCall(handle, {}, [-1]),
    markCall(handle, many, []),
    { ...markCall(handle, {}, []), args: [] },
    { ...markCall(handle, {}, []), args: [2, 'm:desk', 1] },
  ]
  for (const call of wrong) await expect(floor.run(call), JSON.stringify(call)).rejects.toThrow(/^WFARG/)
  expect((await floor.snapshot(topic)).cursor).toEqual({ epoch: '', seq: 0 })
})
