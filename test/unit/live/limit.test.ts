import { expect, it } from 'vitest'
import { createLimit } from '../../../server/live/limit.ts'

const setUp = (most: number) => {
  let time = 1000
  const ends: number[] = []
  const limit = createLimit(
    most,
    () => time,
    () => ends.push(time),
  )
  const ask = (times: number): number => Array.from({ length: times }, limit.ask).filter(Boolean).length
  return { limit, ask, ends, wait: (ms: number) => (time += ms) }
}

it('allows so many requests a second, and those anew in the next', () => {
  const { ask, wait, ends } = setUp(10)
  expect(ask(30)).toBe(10)
  wait(1000)
  expect(ask(8)).toBe(8)
  wait(999)
  expect(ask(8)).toBe(2)
  expect(ends).toEqual([])
})

it('counts a request that is much work as several, in its own second', () => {
  const { limit, ask, wait } = setUp(10)
  expect(ask(1)).toBe(1)
  limit.chargeTopics(799)
  expect(ask(5)).toBe(2)
  limit.chargeTopics(100_000)
  wait(1000)
  expect(ask(20)).toBe(10)
})

it('ends, once, who asks far more; work alone is no reason', () => {
  const { limit, ask, wait, ends } = setUp(10)
  expect(ask(200)).toBe(10)
  limit.chargeTopics(1_000_000)
  expect(ends).toEqual([])
  ask(100)
  expect(ends).toEqual([1000])
  wait(1000)
  ask(500)
  expect(ends).toEqual([1000])
})
