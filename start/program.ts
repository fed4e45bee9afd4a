import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { isRecentEnough } from '../redis/version.ts'
import { Failure } from './failure.ts'

const PROGRAMS = ['redis-server', 'valkey-server'] as const

export type RedisProgram = { file: string; version: string }

const run = promisify(execFile)

const versionOf = async (file: string, path: string, signal: AbortSignal): Promise<RedisProgram | null> => {
  const options = { timeout: 5000, env: { PATH: path }, signal }
  const output = await run(file, ['--version'], options).catch(() => null)
  const version = output && / v=(\d+\.\d+\.\d+)/.exec(output.stdout)?.[1]
  return version ? { file, version } : null
}

/** The first redis-server or valkey-server on `path` (as in the environment) that is recent enough. */
export const findRedisProgram = async (
  path: string,
  signal: AbortSignal = new AbortController().signal,
): Promise<RedisProgram> => {
  const found = (await Promise.all(PROGRAMS.map((file) => versionOf(file, path, signal)))).filter(
    (program) => program !== null,
  )
  signal.throwIfAborted()
  const fit = found.find(({ version }) => isRecentEnough(version))
  if (fit) return fit
  const [old] = found
  throw new Failure(
    old
      ? `${old.file} is version ${old.version}, and Watchfloor needs 7.0 or later: install a newer Redis or Valkey, or set REDIS_URL to one.`
      : 'No redis-server or valkey-server is on the PATH: run "sh setup.sh", or set REDIS_URL to a Redis 7.0 or later.',
  )
}
