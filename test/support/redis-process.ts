import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findRedisProgram } from '../../start/program.ts'
import { launchRedis, type PrivateRedis } from '../../start/redis.ts'
import { searchPath } from './environment.ts'
import { holdLeash } from './leash.ts'
import type { Backend } from './redis.ts'

/** A redis-server (or valkey-server) process on a free loopback port, its data in a temporary folder. */
export const redisProcess = async (settings: readonly string[]): Promise<Backend> => {
  const program = await findRedisProgram(searchPath())
  const dir = await mkdtemp(join(tmpdir(), 'watchfloor-redis-'))
  const leash = holdLeash(dir)
  const launch = async (more: { port?: number; password?: string } = {}): Promise<PrivateRedis> => {
    const launched = await launchRedis({ program, dir, settings, ...more })
    leash.hold(launched.pid, launched.ended)
    return launched
  }
  let server = await launch().catch(async (error) => {
    await leash.release()
    await rm(dir, { recursive: true, force: true })
    throw error
  })
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
      server = await launch({ port, password })
    },
    halt: async () => {
      await server.stop()
    },
    kill: end,
    pause: signal('SIGSTOP'),
    resume,
    remove: async () => {
      await end()
      await leash.release()
      await rm(dir, { recursive: true, force: true })
    },
  }
}
