import { ROOT } from '../support/environment.ts'
import { createRun, type Environment } from './run.ts'

/** Tests that start, stop, kill and pause a Redis or a PostgreSQL of their own: here each in a container. */
const TESTS = [
  'test/integration/redis/market.test.ts',
  'test/integration/redis/epochs.test.ts',
  'test/integration/support.test.ts',
  'test/integration/archive-contract.test.ts',
  'test/integration/archive-faults.test.ts',
]

/** Returns how many tests passed. Ryuk, which removes what tests left behind, is an image of its own and stays away. */
export const runEngineTests = async (env: Environment): Promise<string> => {
  const run = createRun({ ...env, TESTCONTAINERS_RYUK_DISABLED: 'true', NO_COLOR: '1' })
  const printed = await run('npx', ['vitest', 'run', '--project', 'integration', '--reporter', 'default', ...TESTS], {
    cwd: ROOT,
  })
  return /Tests +(\d+ passed)/.exec(printed)?.[1] ?? printed
}
