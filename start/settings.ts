import { Failure } from './failure.ts'
import type { Settings } from './floor.ts'

const readPort = (text: string): number => {
  const port = Number(text)
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port
  throw new Failure(`PORT is "${text}", and must be a number from 1 to 65535: set it right or leave it out.`)
}

/**
 * The settings of a start. `args`: `--dev` first, or not; all others are for the simulators. The server reads its own settings from
 * the same environment; those that this needs too mean the same here.
 */
export const readSettings = (root: string, env: NodeJS.ProcessEnv, args: readonly string[]): Settings => ({
  root,
  env,
  host: env.HOST || '127.0.0.1',
  port: readPort(env.PORT || '3000'),
  redisUrl: env.REDIS_URL || null,
  dataDir: env.DATA_DIR || '.data',
  dev: args.includes('--dev'),
  args: args.filter((arg) => arg !== '--dev'),
})
