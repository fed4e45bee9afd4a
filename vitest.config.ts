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

export default defineConfig({
  test: {
    globals: false,
    passWithNoTests: false,
    // The numbers that .ci/run adds up.
    reporters: ['default', ['json', { outputFile: 'dist/test/results.json' }]],
    projects: [
      project('unit', 0, 10, 2),
      project('integration', 1, 30, 2),
      project('browser', 2, 60, 1),
      project('faults', 3, 120, 1),
    ],
  },
})
