import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findRedisProgram } from '../../start/program.ts'
import { launchRedis } from '../../start/redis.ts'
import { searchPath } from './environment.ts'
import type { Backend } from './redis.ts'

/** A redis-server (or valkey-server) process on a free loopback port, its data in a temporary folder. */
export const redisProcess = async (settings: readonly string[]): Promise<Backend> => {
  const program = await findRedisProgram(searchPath())
  const dir = await mkdtemp(join(tmpdir(), 'watchfloor-redis-'))
  let server = await launchRedis({ program, dir, settings })
  const { url, port, password } = server
  const signal = (name: NodeJS.Signals) => async () => {
    process.kill(server.pid, name)
  }
  const resume = signal('SIGCONT')
  const end = async (): Promise<void> => {
    await server.kill()
  }
  return {
    url,
    start: async () => {
      server = await launchRedis({ program, dir, settings, port, password })
    },
    halt: async () => {
      await server.stop()
    },
    kill: end,
    pause: signal('SIGSTOP'),
    resume,
    remove: async () => {
      await end()
      await rm(dir, { recursive: true, force: true })
    },
  }
}
