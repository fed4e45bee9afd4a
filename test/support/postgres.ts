import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { chown, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { type Child, startChild } from '../../start/child.ts'
import { freePort } from '../../start/port.ts'
import { holdLeash } from './leash.ts'
import { postgresInContainer } from './postgres-container.ts'
import { untilReady } from './postgres-ready.ts'
import { engineAnswers } from './redis-container.ts'
import { findTool } from './tools.ts'

/** A PostgreSQL server of a test's own: started, and able to crash and come back at the same address. */
export type TestPostgres = {
  url: string
  /** Ends it as a crash would: what was committed is there afterwards. */
  kill: () => Promise<void>
  start: () => Promise<void>
  /** Ends it and removes its data. */
  stop: () => Promise<void>
}

/** Where Debian keeps them, by version: the newest. */
const debian = globSync('/usr/lib/postgresql/*/bin/initdb')
  .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
  .at(-1)
const folderOfPrograms = debian ? dirname(debian) : dirname(findTool('postgres') ?? '')

/** Whether a PostgreSQL can be started here. */
export const hasPostgres = async (): Promise<boolean> => folderOfPrograms !== '.' || (await engineAnswers())
export const NO_POSTGRES = 'no PostgreSQL here: install postgresql to test the archive in it'

/** It refuses to run as root: then it runs as whoever Debian made for it, or as nobody. */
const servant = (): { uid: number; gid: number } | null => {
  if (userInfo().uid !== 0) return null
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) =>
      Number(spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout || NaN),
    )
    if (uid && gid) return { uid, gid }
  }
  throw new Error('PostgreSQL does not run as root, and there is no user postgres or nobody here')
}

const SETTINGS = ['fsync=off', 'max_connections=40', 'shared_buffers=64MB', 'logging_collector=off']

const postgresProcess = async (): Promise<TestPostgres> => {
  const port = await freePort()
  const url = `postgres://watchfloor@127.0.0.1:${port}/postgres`
  const folder = await mkdtemp(join(tmpdir(), 'watchfloor-postgres-'))
  const who = servant()
  if (who) await chown(folder, who.uid, who.gid)
  const options = { stdio: 'ignore', cwd: folder, ...who } as const
  const leash = holdLeash(folder)
  const data = join(folder, 'data')
  const init = ['-D', data, '-U', 'watchfloor', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync']
  const made = await startChild('initdb', join(folderOfPrograms, 'initdb'), init, options).ended
  if (made.code !== 0) throw new Error(`initdb failed: ${JSON.stringify(made)}`)
  const args = ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', folder]
  const settings = SETTINGS.flatMap((setting) => ['-c', setting])
  let server: Child | null = null
  const start = async (): Promise<void> => {
    const child = startChild('postgres', join(folderOfPrograms, 'postgres'), [...args, ...settings], options)
    server = child
    leash.hold(child.process.pid ?? 0, child.ended)
    await untilReady(url)
  }
  // Its own word for a crash: all its processes end at once, and nothing is written any more.
  const kill = async (): Promise<void> => {
    server?.process.kill('SIGQUIT')
    await server?.ended
  }
  await start()
  return {
    url,
    kill,
    start,
    stop: async () => {
      await kill()
      await leash.release()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A server for one test file: in a container where a Docker engine answers, else a process on a free port. */
export const startPostgres = async (): Promise<TestPostgres> =>
  (await engineAnswers()) ? postgresInContainer() : postgresProcess()

/** Makes a database on the server at this address. Returns its own. */
export const emptyDatabase = async (server: string, name: string): Promise<string> => {
  const client = new Client(server)
  await client.connect()
  await client.query(`create database ${name}`)
  await client.end()
  const url = new URL(server)
  url.pathname = name
  return url.href
}
