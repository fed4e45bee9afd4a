import { readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { ArchiveAway, type WholeArchive } from './archive.ts'
import { createArchive } from './sql/create.ts'
import { type Engine, Unfit } from './sql/engine.ts'
import { createPostgres } from './sql/postgres/engine.ts'
import { createSqlite } from './sql/sqlite/engine.ts'

/** `passwordFile`: of PostgreSQL's password, in place of one in the address. A file needs none, and it is not read. */
export type OpenOptions = { passwordFile?: string | undefined }

const SQLITE = 'sqlite:'
const REMEDY = {
  sqlite:
    'Give it a folder on a disk of this machine that has room and that this user may write to, or another ARCHIVE_URL.',
  postgres: 'Put the database right, or set another ARCHIVE_URL.',
}

type Found = { engine: Engine; place: string }

const openFile = async (path: string): Promise<Found> => {
  if (path === '' || path.startsWith(':'))
    throw new Error('The archive needs a file: ARCHIVE_URL=sqlite:.data/archive.db')
  const place = resolve(path)
  await mkdir(dirname(place), { recursive: true, mode: 0o700 }).catch(({ message }) => {
    throw new Error(`The archive ${place} cannot be used: ${message}. ${REMEDY.sqlite}`)
  })
  return { engine: createSqlite(place), place }
}

const readPassword = (file: string): string => {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    throw new Error(`ARCHIVE_PASSWORD_FILE=${file} cannot be read: ${(error as Error).message}`)
  }
}

const openServer = (url: string, passwordFile: string | undefined): Found => {
  const address = new URL(url)
  if (passwordFile) address.password = encodeURIComponent(readPassword(passwordFile))
  const place = `postgres://${address.host}${address.pathname}`
  return { engine: createPostgres(address.href), place }
}

const find = async (url: string, { passwordFile }: OpenOptions): Promise<Found> => {
  if (url.startsWith(SQLITE)) return openFile(url.slice(SQLITE.length))
  if (/^postgres(?:ql)?:\/\//.test(url) && URL.canParse(url)) return openServer(url, passwordFile)
  throw new Error('ARCHIVE_URL must be sqlite:PATH, postgres://USER@HOST/DATABASE, or none')
}

/**
 * Opens the archive, and brings its schema up to date: `sqlite:PATH` (a file, which several processes of one machine may
 * share) or `postgres://USER:PASSWORD@HOST/DATABASE`. Throws, with the remedy, where it can never be used as things are:
 * a wrong address or password, a file that cannot be written, a schema of a newer Watchfloor. A database that is only
 * away or busy now is returned all the same: its calls reject with {@link ArchiveAway} until it is there.
 */
export const openArchive = async (url: string, options: OpenOptions = {}): Promise<WholeArchive> => {
  const { engine, place } = await find(url, options)
  const archive = createArchive(engine, place)
  try {
    await archive.edge()
    return archive
  } catch (error) {
    const cause = error instanceof ArchiveAway && error.cause ? error.cause : error
    const trouble = cause instanceof Unfit ? null : engine.trouble(cause)
    if (error instanceof ArchiveAway && trouble && !trouble.lasts) return archive
    await archive.close()
    throw new Error(`The archive ${place} cannot be used: ${(cause as Error).message}. ${REMEDY[engine.name]}`, {
      cause,
    })
  }
}
