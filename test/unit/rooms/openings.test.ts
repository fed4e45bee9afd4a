import { expect, it } from 'vitest'
import { createOpenings, ROOMS_AT_ONCE } from '../../../server/rooms/openings.ts'

const setUp = () => {
  let at = 0
  const listed: `m:${string}`[] = ['m:known']
  const openings = createOpenings(
    async () => listed,
    () => at,
  )
  return {
    openings,
    pass: (ms: number): void => {
      at += ms
    },
  }
}

it('nobody begins ever more rooms, and whoever began many goes on in those that there are', async () => {
  const { openings, pass } = setUp()
  const begun: number[] = []
  for (let i = 0; i < 100; i++)
    if (await openings.may('ann', `m:new${i}`)) {
      openings.opened('ann')
      begun.push(i)
    }
  expect(begun).toHaveLength(ROOMS_AT_ONCE)
  expect(await openings.may('ann', 'm:known')).toBe(true)
  expect(await openings.may('ann', 'm:desk')).toBe(true)
  expect(await openings.may('bob', 'm:new')).toBe(true)
  pass(61_000)
  expect(await openings.may('ann', 'm:new')).toBe(true)
})
