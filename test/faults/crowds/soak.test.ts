import { expect, it } from 'vitest'
import { runSoak } from '../../soak/soak.ts'

const soak = (redis: 'single' | 'sentinel' | 'cluster', only: readonly string[]) =>
  runSoak({ minutes: 0.5, seed: 20, redis, only, say: () => {}, signal: new AbortController().signal })

it('half a minute of soak: clients change their minds while this and that breaks, and all comes back', async () => {
  const report = await soak('single', ['redisKilled', 'lossy', 'subscribersKilled', 'nodeKilled', 'feedKilled'])
  expect(report).toMatchObject({ differences: 0, violations: 0, failures: [] })
  expect(report.comparisons).toBe(2)
  expect(Object.keys(report.faults).length).toBeGreaterThan(1)
  expect(report.updates).toBeGreaterThan(10_000)
  expect(report.changes).toBeGreaterThan(100)
})
