import { describe, expect, it } from 'vitest'
import { createRandom } from '../../../simulators/random.ts'
import { fitCosts, fitLine } from '../../bench/scale/fit.ts'

describe('fitCosts', () => {
  const random = createRandom(3)
  const counts = Array.from({ length: 12 }, () => [1, 10_000 + random.below(90_000), random.below(8000), 2000])
  const measured = (costs: readonly number[], noise = 0): number[] =>
    counts.map(
      (row) => row.reduce((sum, count, i) => sum + count * (costs[i] ?? 0), 0) * (1 + noise * (random.next() * 2 - 1)),
    )

  it('finds the costs that the counts were made with', () => {
    const rows = counts.map((row, i) => [...row.slice(0, 3), 500 + ((i * 7919) % 1500)])
    const costs = [9000, 1.2, 14, 9]
    const all = rows.map((row) => row.reduce((sum, count, i) => sum + count * (costs[i] ?? 0), 0))
    const found = fitCosts(rows, all)
    for (const [i, cost] of costs.entries()) expect((found?.[i] ?? 0) / cost).toBeCloseTo(1, 2)
  })

  it('explains what was measured also where two counts cannot be told apart, and never by a negative cost', () => {
    const all = measured([9000, 1.2, 14, 9], 0.05)
    const found = fitCosts(counts, all) ?? []
    expect(found.every((cost) => cost >= 0)).toBe(true)
    for (const [i, row] of counts.entries())
      expect(row.reduce((sum, count, k) => sum + count * (found[k] ?? 0), 0) / (all[i] ?? 1)).toBeCloseTo(1, 0)
  })

  it('says nothing of fewer runs than costs', () => {
    expect(fitCosts([[1, 2]], [3])).toBe(null)
    expect(fitCosts([], [])).toBe(null)
  })
})

describe('fitLine', () => {
  it('is the line through its points', () => {
    const points = [
      [0, 10],
      [1, 12],
      [2, 14],
      [3, 16],
    ] as const
    expect(fitLine(points)).toEqual({ at0: 10, slope: 2 })
  })

  it('needs two places', () => {
    expect(fitLine([[1, 5]])).toBe(null)
    expect(
      fitLine([
        [1, 5],
        [1, 6],
      ]),
    ).toBe(null)
  })
})
