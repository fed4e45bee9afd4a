import { expect, it } from 'vitest'
import { z } from 'zod'
import { listOf, tableOf } from '../../../server/live/first-fault.ts'
import { readRequest, watchRequest } from '../../../server/live/requests.ts'

/** A kind of item that counts how many are looked at. */
const counting = () => {
  const looked = { n: 0 }
  const item = z.unknown().refine((value) => {
    looked.n++
    return value === 1
  }, 'must be 1')
  return { looked, item }
}
const alike = (count: number, value: unknown): unknown[] => Array(count).fill(value)

it('a list or table is looked at up to its first fault', () => {
  const { looked, item } = counting()
  expect(listOf(item, 100).safeParse([1, 1, 2, 1, 1]).success).toBe(false)
  expect(looked.n).toBe(3)
  expect(tableOf(item, 100).safeParse({ a: 1, b: 2, c: 2 }).success).toBe(false)
  expect(looked.n).toBe(5)
})

it('one that is too long is not looked at', () => {
  const { looked, item } = counting()
  expect(listOf(item, 3).safeParse(alike(4, 1)).success).toBe(false)
  expect(tableOf(item, 3).safeParse({ a: 1, b: 1, c: 1, d: 1 }).success).toBe(false)
  expect(looked.n).toBe(0)
  expect(listOf(item, 3).parse(alike(3, 1))).toEqual([1, 1, 1])
})

it.each([
  [{ topics: {} }, 'topics: must be an array'],
  [{ topics: 'abc' }, 'topics: must be an array'],
  [{ topics: [{ topic: 's:A' }, { topic: 1 }] }, 'topics.1.topic: '],
  [{ topics: alike(2001, 0) }, 'topics: takes at most 2000'],
  [{ view: { bounds: { west: 0, south: 0, east: 1, north: 1 }, cursors: [] } }, 'view.cursors: must be an object'],
  [null, 'message: '],
  [[], 'message: '],
])('%j: the answer names what is wrong', (input, text) => {
  const read = readRequest(watchRequest, input)
  expect('error' in read && read.error.message).toContain(text)
})

it('names of the prototype are names like others', () => {
  const bounds = { west: 0, south: 0, east: 1, north: 1 }
  const text = JSON.stringify({ view: { bounds, cursors: { c: { epoch: 'e', seq: 1 } } } }).replace(
    '"c"',
    '"__proto__"',
  )
  const read = readRequest(watchRequest, JSON.parse(text))
  expect('data' in read && Object.keys(read.data.view?.cursors ?? {})).toEqual(['__proto__'])
  expect('data' in read && 'constructor' in (read.data.view?.cursors ?? {})).toBe(false)
})
