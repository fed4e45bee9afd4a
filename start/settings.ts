import { resolve } from 'node:path'
import { readConfig } from '../server/config.ts'
import { Failure } from './failure.ts'
import type { Settings } from './floor.ts'

const readOrExplain = (env: NodeJS.ProcessEnv): ReturnType<typeof readConfig> => {
  try {
    return readConfig(env)
  } catch (error) {
    throw new Failure((error as Error).message)
  }
}

/**
 * The settings of a start. `args`: `--dev`, or not; all others are for the simulators. The server's own settings are
 * checked here already, so that a bad one stops everything before anything has started. `calledIn`: the folder that a
 * relative path begins at.
 */
export const readSettings = (
  root: string,
  env: NodeJS.ProcessEnv,
  args: readonly string[],
  calledIn: string,
): Settings => {
  const { HOST, PORT, REDIS_URL } = readOrExplain(env)
  return {
    root,
    env,
    host: HOST,
    port: PORT,
    redisUrl: env.REDIS_URL ? REDIS_URL : null,
    dataDir: env.DATA_DIR ? resolve(calledIn, env.DATA_DIR) : resolve(root, '.data'),
    dev: args.includes('--dev'),
    args: args.filter((arg) => arg !== '--dev'),
  }
}
