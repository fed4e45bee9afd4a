import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../start/port.ts'
import { findRedisProgram } from '../../start/program.ts'
import { searchPath } from './environment.ts'
import { holdLeash } from './leash.ts'
import { connectRedis, type RedisClient } from './redis-client.ts'
import { type Member, type MemberOptions, startMember } from './redis-member.ts'

/** What several servers that belong together share: the folder of their data, their password, and their end. */
export type Deployment = {
  password: string
  /** A port that nobody listens on and that was not given out before. */
  port: () => Promise<number>
  start: (member: Pick<MemberOptions, 'name' | 'port' | 'sentinel' | 'settings'>) => Promise<Member>
  /** A client for the test; closed by `stop`. */
  connect: (url: string) => RedisClient
  /** Ends all clients and processes, whatever their state, and removes the data. */
  stop: () => Promise<void>
}

const openDeployment = async (): Promise<Deployment> => {
  const { file: program } = await findRedisProgram(searchPath())
  const folder = await mkdtemp(join(tmpdir(), 'watchfloor-redis-'))
  const password = randomBytes(18).toString('hex')
  const leash = holdLeash(folder)
  const starting: Promise<Member>[] = []
  const clients: RedisClient[] = []
  const given = new Set<number>()
  return {
    password,
    port: async () => {
      let port = await freePort()
      while (given.has(port)) port = await freePort()
      given.add(port)
      return port
    },
    start: (options) => {
      const member = startMember({
        ...options,
        onStart: leash.hold,
        program,
        password,
        dir: join(folder, options.name),
      })
      starting.push(member)
      return member
    },
    connect: (url) => {
      const client = connectRedis(url)
      clients.push(client)
      return client
    },
    stop: async () => {
      for (const client of clients) client.disconnect()
      const members = await Promise.allSettled(starting)
      await Promise.all(members.map((each) => (each.status === 'fulfilled' ? each.value.kill() : undefined)))
      await leash.release()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const MOST_ATTEMPTS = 3

/**
 * Builds a deployment. Where that fails half way, all that was started is ended; where another program took one of its
 * ports first, it is built once more.
 */
export const deploy = async <T>(build: (deployment: Deployment) => Promise<T>): Promise<T> => {
  for (let attempt = 1; ; attempt++) {
    const deployment = await openDeployment()
    try {
      return await build(deployment)
    } catch (error) {
      await deployment.stop()
      if (attempt === MOST_ATTEMPTS || !String(error).includes('Address already in use')) throw error
    }
  }
}

/** What every server that holds data is told: written to disk as it goes, replicas let in at once. */
export const dataSettings = (password: string): string[] => [
  `masterauth ${password}`,
  'appendonly yes',
  'appendfsync everysec',
  'save ""',
  'repl-diskless-sync-delay 0',
]
