import { ROOT } from '../support/environment.ts'
import { createRun, type Environment } from './run.ts'

/** Tests that start, stop, kill and pause a Redis of their own: here each in a container. Later ones of PostgreSQL too. */
const TESTS = [
  'test/integration/redis/market.test.ts',
  'test/integration/redis/epochs.test.ts',
  'test/integration/support.test.ts',
]

/** Returns how many tests passed. Ryuk, which removes what tests left behind, is an image of its own and stays away. */
export const runEngineTests = async (env: Environment): Promise<string> => {
  const run = createRun({ ...env, TESTCONTAINERS_RYUK_DISABLED: 'true', NO_COLOR: '1' })
  const printed = await run('npx', ['vitest', 'run', '--project', 'integration', '--reporter', 'default', ...TESTS], {
    cwd: ROOT,
  })
  return /Tests +(\d+ passed)/.exec(printed)?.[1] ?? printed
}
