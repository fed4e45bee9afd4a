import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { LongestFirst } from './test/support/longest-first.ts'

/**
 * What Node makes of the sources, kept between the hundreds of programs that tests start: each starts in two thirds of
 * the time.
 */
const env = { NODE_COMPILE_CACHE: fileURLToPath(new URL('node_modules/.cache/node', import.meta.url)) }

type Limits = {
  /** Groups run one after the other. */
  group: number
  /**
   * For a test; a hook has twice that. More than what is waited for in it at the most: that says more where it fails.
   */
  seconds: number
  /** Files at a time, of all projects in the group: more than two cores where tests mostly wait for Redis. */
  workers: number
}

const project = (name: string, include: string[], { group, seconds, workers }: Limits) => ({
  test: {
    name,
    include,
    env,
    testTimeout: seconds * 1000,
    hookTimeout: seconds * 2 * 1000,
    maxWorkers: workers,
    sequence: { groupOrder: group },
  },
})

const WITH_REDIS = { group: 1, seconds: 180, workers: 6 }

/** What strangers send never gets as far as Redis; shapes of messages, and of answers, are the same on each kind. */
const OF_NO_KIND = [
  'test/integration/{redis-modes,edge}/**',
  'test/integration/http/!(kept|devices).test.ts',
  'test/integration/protocol/messages.test.ts',
]
/** With Sentinel calls go to one primary, as to a single server: what each call does need not be tested there again. */
const OF_ONE_SERVER = [
  'test/integration/redis/!(access-list|dropping|epochs).test.ts',
  'test/integration/groups/old-cells.test.ts',
  'test/integration/protocol/add-a-feed.test.ts',
  'test/integration/simulators/main.test.ts',
]

/**
 * The integration tests in folders once more, against Redis of another kind. Those beside the folders are about one kind
 * or about none, and start what they need.
 */
const against = (mode: 'sentinel' | 'cluster') => {
  const { test } = project(`integration:${mode}`, ['test/integration/*/**/*.test.ts'], WITH_REDIS)
  const exclude = mode === 'sentinel' ? [...OF_NO_KIND, ...OF_ONE_SERVER] : OF_NO_KIND
  return { test: { ...test, exclude, env: { ...env, WATCHFLOOR_TEST_REDIS: mode } } }
}

export default defineConfig({
  test: {
    globals: false,
    passWithNoTests: false,
    // The numbers that .ci/run adds up.
    reporters: ['default', ['json', { outputFile: 'dist/test/results.json' }]],
    sequence: { sequencer: LongestFirst },
    projects: [
      project('unit', ['test/unit/**/*.test.{ts,tsx}'], { group: 0, seconds: 60, workers: 2 }),
      project('integration', ['test/integration/**/*.test.ts'], WITH_REDIS),
      project('fuzz', ['test/fuzz/*.test.ts'], WITH_REDIS),
      against('sentinel'),
      against('cluster'),
      project('browser', ['test/browser/**/*.test.ts'], { group: 2, seconds: 180, workers: 4 }),
      // Those that wait for failures to be noticed wait while browsers work; those that keep the machine busy have it
      // for themselves.
      project('faults', ['test/faults/*.test.ts'], { group: 2, seconds: 300, workers: 4 }),
      project('faults:crowds', ['test/faults/crowds/*.test.ts'], { group: 3, seconds: 300, workers: 1 }),
    ],
  },
})
