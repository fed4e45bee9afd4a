import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  cutThread,
  fromSnapshot,
  KEPT,
  mergeMessages,
  TYPING_MS,
  withOlder,
  withoutTypists,
  withUpdate,
} from '../../../../web/state/desk/thread.ts'
import type { Message } from '../../../../wire/rooms.ts'

const ann = { id: 'ann', name: 'Ann' }
const message = (n: number, more: Partial<Message> = {}): Message => ({
  n,
  t: n * 1_000,
  by: ann,
  text: `no ${n}`,
  ...more,
})
const run = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => message(from + i))
const numbers = (messages: readonly Message[]) => messages.map(({ n }) => n)

describe('a room', () => {
  const thread = fromSnapshot({ count: 60, messages: run(11, 60) })
  test('begins with its newest messages, and says that there are older ones', () => {
    expect(thread).toMatchObject({ phase: 'ready', count: 60, older: true })
    expect(fromSnapshot({ count: 2, messages: run(1, 2) }).older).toBe(false)
    expect(fromSnapshot({ count: 0, messages: [] }).older).toBe(false)
  })
  test('goes on with what comes, and shows what was changed as it is now', () => {
    const next = withUpdate(thread, { messages: [message(61), message(20, { text: 'new', edited: 99_000 })] }, 0)
    expect(next.count).toBe(61)
    expect(next.messages.at(-1)?.n).toBe(61)
    expect(next.messages.find(({ n }) => n === 20)?.text).toBe('new')
  })
  test('leaves out a change of a message that it does not have: it comes with its page', () => {
    expect(withUpdate(thread, { messages: [message(5, { edited: 99_000 })] }, 0).messages).toEqual(thread.messages)
  })
  test('takes older pages as long as they lead to what it has', () => {
    const older = withOlder(thread, { room: 'desk', messages: run(3, 10), first: 1 })
    expect(numbers(older.messages)).toEqual(numbers(run(3, 60)))
    expect(older.older).toBe(true)
    expect(withOlder(older, { room: 'desk', messages: run(1, 2), first: 1 }).older).toBe(false)
    expect(withOlder(thread, { room: 'desk', messages: run(1, 5), first: 1 })).toBe(thread)
    expect(withOlder(thread, { room: 'desk', messages: [], first: 1 }).older).toBe(false)
  })
  test('does not let a page that was read before a change undo it', () => {
    const edited = withUpdate(thread, { messages: [message(11, { text: 'new', edited: 99_000 })] }, 0)
    const merged = withOlder(edited, { room: 'desk', messages: run(5, 11), first: 1 })
    expect(merged.messages.find(({ n }) => n === 11)?.text).toBe('new')
  })
  test('forgets what lies far above its end, and knows that it is there', () => {
    const long = fromSnapshot({ count: 600, messages: run(1, 600) })
    const cut = cutThread(long)
    expect(numbers(cut.messages)).toEqual(numbers(run(600 - KEPT + 1, 600)))
    expect(cut.older).toBe(true)
    expect(cutThread(thread)).toBe(thread)
  })
  test('somebody writes for five seconds, or until their message is there', () => {
    const writing = withUpdate(thread, { typing: [ann] }, 1_000)
    expect(writing.typing).toEqual([{ ...ann, until: 1_000 + TYPING_MS }])
    expect(withoutTypists(writing, 1_000 + TYPING_MS).typing).toEqual([])
    expect(withoutTypists(writing, 2_000)).toBe(writing)
    expect(withUpdate(writing, { messages: [message(61)] }, 2_000).typing).toEqual([])
    expect(withUpdate(writing, { messages: [message(30, { edited: 5 })] }, 2_000).typing).toHaveLength(1)
  })
})

test('messages are in order, each once, as it was last, in whatever order they come', () => {
  const one = fc.record({ n: fc.integer({ min: 1, max: 12 }), edited: fc.integer({ min: 1, max: 1_000 }) })
  fc.assert(
    fc.property(fc.array(fc.array(one, { maxLength: 6 }), { maxLength: 8 }), (batches) => {
      const runs = batches.map((batch) =>
        batch.map(({ n, edited }) => message(n, { t: 0, edited, text: String(edited) })),
      )
      const merged = runs.reduce<readonly Message[]>(mergeMessages, [])
      const latest = new Map<number, number>()
      for (const { n, edited = 0 } of runs.flat()) latest.set(n, Math.max(latest.get(n) ?? 0, edited))
      expect(numbers(merged)).toEqual([...latest.keys()].toSorted((a, b) => a - b))
      for (const { n, text } of merged) expect(Number(text)).toBe(latest.get(n))
    }),
  )
})
