import { defineConfig } from 'vitest/config'

/** Groups run one after the other: first what is quick, and what measures time only once the machine is quiet. */
const project = (name: string, groupOrder: number, seconds: number, workers: number) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.{ts,tsx}`],
    testTimeout: seconds * 1000,
    hookTimeout: Math.max(seconds * 2, 30) * 1000,
    maxWorkers: workers,
    sequence: { groupOrder },
  },
})

/**
 * The integration tests in folders once more, against Redis of another kind. Those beside the folders and in `redis-modes` are about
 * one kind or about none, and start what they need.
 */
const against = (mode: 'sentinel' | 'cluster', groupOrder: number) => {
  const { test } = project('integration', groupOrder, 30, 3)
  const include = ['test/integration/*/**/*.test.ts']
  const exclude = ['test/integration/redis-modes/**']
  return { test: { ...test, name: `integration:${mode}`, include, exclude, env: { WATCHFLOOR_TEST_REDIS: mode } } }
}

export default defineConfig({
  test: {
    globals: false,
    passWithNoTests: false,
    // The numbers that .ci/run adds up.
    reporters: ['default', ['json', { outputFile: 'dist/test/results.json' }]],
    projects: [
      project('unit', 0, 10, 2),
      project('integration', 1, 30, 3),
      against('sentinel', 2),
      against('cluster', 3),
      project('browser', 4, 60, 1),
      project('faults', 5, 120, 1),
    ],
  },
})
