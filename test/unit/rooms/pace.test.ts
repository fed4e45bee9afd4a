import { expect, it } from 'vitest'
import { createJudge } from '../../../server/rooms/judge.ts'
import { createPace } from '../../../server/rooms/pace.ts'

it('allows so many at once, and then so many a second', () => {
  let now = 0
  const paced = createPace(3, 2, () => now)
  const allowed = (times: number): number => Array.from({ length: times }, paced).filter(Boolean).length
  expect(allowed(10)).toBe(3)
  now = 499
  expect(allowed(10)).toBe(0)
  now = 1000
  expect(allowed(10)).toBe(2)
  now = 3_600_000
  expect(allowed(10)).toBe(3)
})

it('judges others only after it was heard for as long as a lease without a pause', () => {
  let now = 0
  const judge = createJudge(12_000, () => now)
  const hear = (until: number): void => {
    for (; now < until; now += 1000) judge.heard()
  }
  expect(judge.mayJudge()).toBe(false)
  hear(12_000)
  expect(judge.mayJudge()).toBe(true)
  judge.lost()
  expect(judge.mayJudge()).toBe(false)
  hear(23_000)
  expect(judge.mayJudge()).toBe(false)
  hear(30_000)
  expect(judge.mayJudge()).toBe(true)
  // It had no time itself: the others had none to be heard by it, so to say.
  now += 7000
  expect(judge.mayJudge()).toBe(false)
  judge.heard()
  expect(judge.mayJudge()).toBe(false)
  hear(60_000)
  expect(judge.mayJudge()).toBe(true)
})
