import { expect, it } from 'vitest'
import { createAllowance, createAllowances } from '../../../server/access/allowance.ts'

const clock = () => {
  let time = 1000
  return { now: () => time, pass: (ms: number) => (time += ms) }
}

it('lets what was saved up be spent at once, and the rest wait for its share of time', () => {
  const { now, pass } = clock()
  const allowance = createAllowance({ share: 0.05, burst: 100 }, now)
  allowance.spend(100)
  expect(allowance.wait()).toBe(0)
  allowance.spend(10)
  expect(allowance.wait()).toBe(200)
  pass(150)
  expect(allowance.wait()).toBeCloseTo(50)
  pass(100)
  expect(allowance.wait()).toBe(0)
})

it('saves up no more than its burst, however long nothing is spent', () => {
  const { now, pass } = clock()
  const allowance = createAllowance({ share: 0.1, burst: 50 }, now)
  pass(3_600_000)
  allowance.spend(51)
  expect(allowance.wait()).toBeCloseTo(10)
})

it('lets no debt grow beyond its burst', () => {
  const { now } = clock()
  const allowance = createAllowance({ share: 0.05, burst: 100 }, now)
  for (let i = 0; i < 50; i++) allowance.spend(1000)
  expect(allowance.wait()).toBe(2000)
})

it('lets nobody take more than the share in the long run, whoever waits as told', () => {
  const { now, pass } = clock()
  const allowance = createAllowance({ share: 0.05, burst: 200 }, now)
  let spent = 0
  for (const end = now() + 100_000; now() < end; pass(allowance.wait() + 1)) {
    allowance.spend(30)
    spent += 30
  }
  expect(spent).toBeLessThanOrEqual(0.05 * 100_000 + 200 + 30)
  expect(spent).toBeGreaterThan(0.045 * 100_000)
})

const MANY = { share: 0.05, burst: 100, most: 10 }

it('keeps one for each key', () => {
  const { now } = clock()
  const allowances = createAllowances(MANY, now)
  allowances.spend('a', 110)
  expect([allowances.wait('a'), allowances.wait('b')]).toEqual([200, 0])
})

it('forgets those that are full again, and nobody in debt', () => {
  const { now, pass } = clock()
  const allowances = createAllowances(MANY, now)
  allowances.spend('debtor', 1000)
  for (let i = 0; i < 8; i++) allowances.spend(`once-${i}`, 1)
  pass(1000)
  for (let i = 0; i < 8; i++) {
    allowances.spend(`later-${i}`, 1)
    allowances.spend('debtor', 0)
  }
  expect(allowances.size()).toBe(9)
  expect(allowances.wait('debtor')).toBeGreaterThan(0)
})

it('remembers no more than its cap, whoever comes: the longest unused go', () => {
  const { now } = clock()
  const allowances = createAllowances(MANY, now)
  for (let i = 0; i < 1000; i++) {
    allowances.spend(`k-${i}`, 200)
    expect(allowances.size()).toBeLessThanOrEqual(MANY.most)
  }
  expect(allowances.wait('k-999')).toBeGreaterThan(0)
  expect(allowances.wait('k-0')).toBe(0)
})
