import { expect, it } from 'vitest'
import { createTries, TRIES_A_MINUTE } from '../../../../server/people/tries.ts'

const setUp = () => {
  let time = 0
  return {
    ...createTries(() => time),
    pass: (ms: number) => {
      time += ms
    },
  }
}
const many = <T>(count: number, act: () => T): T[] => Array.from({ length: count }, act)

it('an address may fail ten times at once, then once in six seconds; others are not concerned', () => {
  const { begin, pass } = setUp()
  expect(TRIES_A_MINUTE).toBe(10)
  expect(many(11, () => begin('a'))).toEqual([...many(10, () => 0), 6])
  expect(begin('b')).toBe(0)
  pass(6000)
  expect([begin('a'), begin('a')]).toEqual([0, 6])
  pass(3_600_000)
  expect(many(11, () => begin('a')).filter((wait) => wait === 0)).toHaveLength(10)
})

it('whoever succeeds may do so ten times as often', () => {
  const { begin, succeeded } = setUp()
  const waits = many(200, () => {
    const wait = begin('office')
    if (wait === 0) succeeded('office')
    return wait
  })
  const passed = waits.filter((wait) => wait === 0).length
  expect(passed).toBeGreaterThan(80)
  expect(passed).toBeLessThan(110)
})
