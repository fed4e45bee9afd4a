import { expect, test } from 'vitest'
import { backoff } from '../../../redis/backoff.ts'

test('waits double up to the longest, and chance takes off up to half', () => {
  const waits = (chance: number) => [0, 1, 2, 3, 4, 5000].map((attempts) => backoff(attempts, 100, 1000, () => chance))
  expect(waits(1)).toEqual([100, 200, 400, 800, 1000, 1000])
  expect(waits(0)).toEqual([50, 100, 200, 400, 500, 500])
})
