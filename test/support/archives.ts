import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Archive } from '../../archive/archive.ts'
import { openArchive } from '../../archive/open.ts'
import { hasPostgres, startPostgres } from './postgres.ts'

/** Where archives of a test file are made, each of them empty. */
export type Archives = {
  engine: 'sqlite' | 'postgres'
  /** The address of an archive that nobody has opened yet. */
  address: () => Promise<string>
  open: () => Promise<Archive>
  stop: () => Promise<void>
}

const sqliteArchives = async (): Promise<Archives> => {
  const folder = await mkdtemp(join(tmpdir(), 'watchfloor-archive-'))
  let count = 0
  const opened: Archive[] = []
  const address = async (): Promise<string> => `sqlite:${join(folder, `${++count}.db`)}`
  return {
    engine: 'sqlite',
    address,
    open: async () => {
      const archive = await openArchive(await address())
      opened.push(archive)
      return archive
    },
    stop: async () => {
      for (const archive of opened) await archive.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const postgresArchives = async (): Promise<Archives> => {
  const { Client } = await import('pg')
  const server = await startPostgres()
  let count = 0
  const opened: Archive[] = []
  const address = async (): Promise<string> => {
    const name = `archive${++count}`
    const client = new Client(server.url)
    await client.connect()
    await client.query(`create database ${name}`)
    await client.end()
    const url = new URL(server.url)
    url.pathname = name
    return url.href
  }
  return {
    engine: 'postgres',
    address,
    open: async () => {
      const archive = await openArchive(await address())
      opened.push(archive)
      return archive
    },
    stop: async () => {
      for (const archive of opened) await archive.close()
      await server.stop()
    },
  }
}

/** All databases that an archive can lie in here. */
export const ENGINES: readonly { name: Archives['engine']; start: () => Promise<Archives> }[] = [
  { name: 'sqlite', start: sqliteArchives },
  ...((await hasPostgres()) ? [{ name: 'postgres' as const, start: postgresArchives }] : []),
]
