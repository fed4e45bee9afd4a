import { describe, expect, it } from 'vitest'
import { createRandom } from '../../../simulators/random.ts'

const many = (count: number, draw: () => number): number[] => Array.from({ length: count }, draw)
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
const variance = (values: readonly number[]): number => {
  const middle = mean(values)
  return mean(values.map((value) => (value - middle) ** 2))
}

describe('the seeded source of randomness', () => {
  it('gives the same numbers for the same seed and name, and others for others', () => {
    const draw = (seed: number, name?: string) => many(50, createRandom(seed, name).next)
    expect(draw(7)).toEqual(draw(7))
    expect(draw(7, 'AAPL')).toEqual(draw(7, 'AAPL'))
    expect(draw(7)).not.toEqual(draw(8))
    expect(draw(7, 'AAPL')).not.toEqual(draw(7, 'MSFT'))
  })

  it('has the distributions that it promises', () => {
    const random = createRandom(1)
    const uniform = many(20_000, random.next)
    expect(Math.min(...uniform)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...uniform)).toBeLessThan(1)
    expect(mean(uniform)).toBeCloseTo(0.5, 1)
    const normal = many(20_000, random.normal)
    expect(Math.abs(mean(normal))).toBeLessThan(0.03)
    expect(Math.abs(variance(normal) - 1)).toBeLessThan(0.05)
    expect(mean(many(20_000, () => random.exponential(3)))).toBeCloseTo(3, 0)
    expect(Math.min(...many(5000, () => random.pareto(1.5)))).toBeGreaterThanOrEqual(1)
  })

  it.each([0.02, 3, 49, 400])('counts as a Poisson process of mean %d does', (rate) => {
    const random = createRandom(5)
    const counts = many(20_000, () => random.poisson(rate))
    const error = 4 * Math.sqrt(rate / counts.length)
    expect(Math.abs(mean(counts) - rate)).toBeLessThan(error + 0.001)
    expect(Math.abs(variance(counts) / rate - 1)).toBeLessThan(0.1)
  })
})
