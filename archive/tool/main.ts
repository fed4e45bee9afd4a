import { existsSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { connectFeed } from '../../feed/connect.ts'
import { createSpool } from '../../simulators/replay/spool.ts'
import { type Archive, ArchiveAway, type WholeArchive } from '../archive.ts'
import { openArchive } from '../open.ts'
import { exportHistory } from './export/export.ts'
import { openOutput } from './export/output.ts'
import { HELP } from './help.ts'
import { importFiles } from './import/import.ts'
import { move } from './move.ts'
import { type Order, readOrder } from './order.ts'
import { size } from './size.ts'
import { verify } from './verify/verify.ts'

const order = readOrder(process.argv.slice(2))
/** What an export writes to standard output is nobody's to mix with. */
const screen = order.kind === 'export' ? process.stderr : process.stdout
const terminal = {
  isTerminal: screen.isTTY === true,
  write: (text: string) => void screen.write(text),
  clock: () => performance.now(),
}
/** A line of its own, even where progress stands on the terminal's last line. */
const say = (line: string): void => terminal.write(`${terminal.isTerminal ? '\r\u001B[K' : ''}${line}\n`)
const complain = (line: string): void => {
  process.stderr.write(`watchfloor: ${line}\n`)
  process.exitCode = 1
}

/** npm runs this in the project's folder, and tells where it was called. */
const called = process.env.INIT_CWD || process.cwd()
const at = (path: string): string => resolve(called, path)
const root = fileURLToPath(new URL('../..', import.meta.url))
const { DATA_DIR, TMPDIR } = process.env
const dataDir = DATA_DIR ? at(DATA_DIR) : resolve(root, '.data')
const ARCHIVE_URL = process.env.ARCHIVE_URL || `sqlite:${join(dataDir, 'archive.db')}`

/** The Redis that `npm start` runs, if it does. */
const redisUrl = (): string => {
  if (process.env.REDIS_URL) return process.env.REDIS_URL
  try {
    const [port, password] = readFileSync(join(dataDir, 'redis.address'), 'utf8').trim().split(' ')
    return `redis://:${password}@127.0.0.1:${port}`
  } catch {
    return 'redis://127.0.0.1:6379'
  }
}

/** Aborted by the first SIGINT or SIGTERM; a second one does not wait for the database. */
const ending = new AbortController()
const { signal } = ending
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.on(name, () => {
    if (signal.aborted) process.exit(1)
    ending.abort()
  })
// Whoever reads standard output may have had enough: what is written then fails.
process.stdout.on('error', () => {})

/** Works with an archive, and closes it. `isNew`: there may be none yet. */
const withArchive = async <T>(url: string, isNew: boolean, work: (archive: WholeArchive) => Promise<T>): Promise<T> => {
  if (url === 'none') throw new Error('There is no archive: ARCHIVE_URL is none.')
  const [, file] = /^sqlite:(.+)$/.exec(url) ?? []
  if (!isNew && file !== undefined && !existsSync(file))
    throw new Error(`There is no archive ${resolve(file)}: set ARCHIVE_URL to that of your nodes.`)
  const archive = await openArchive(url, { passwordFile: process.env.ARCHIVE_PASSWORD_FILE })
  try {
    return await work(archive)
  } finally {
    await archive.close()
  }
}

const verifyWith = async (archive: Archive): Promise<boolean> => {
  const redis = await connectFeed(redisUrl(), Math.random)
  try {
    return await verify({ archive, redis, say, now: Date.now, sleep, signal })
  } finally {
    redis.disconnect()
  }
}

/** Where a large file is put in order: `/tmp` may be a part of memory. */
const folders = TMPDIR ? [TMPDIR] : ['/var/tmp', tmpdir()]

type Work = Exclude<Order, { kind: 'mistake' | 'help' }>

/** Does what was asked for; false where it did not come out as it should. */
const carryOut = (order: Work): Promise<boolean> => {
  const spool = () => createSpool(folders)
  switch (order.kind) {
    case 'import':
      return withArchive(ARCHIVE_URL, true, (archive) =>
        importFiles(order, { archive, spool, terminal, say, complain, at, now: Date.now, signal }),
      )
    case 'export': {
      const open = (file: string | null) => openOutput(file === null ? null : at(file), process.stdout)
      return withArchive(ARCHIVE_URL, false, (archive) => exportHistory(order, { archive, open, say, signal }))
    }
    case 'verify':
      return withArchive(ARCHIVE_URL, false, verifyWith)
    case 'move':
      return withArchive(order.from, false, (from) =>
        withArchive(order.to, true, (to) => move({ from, to, terminal, say, signal })),
      )
    case 'size':
      return withArchive(ARCHIVE_URL, false, async (archive) => {
        await size(archive, say)
        return true
      })
  }
}

const explain = (error: unknown): string => {
  const { message = String(error), code } = error as NodeJS.ErrnoException
  if (error instanceof ArchiveAway) return `The archive cannot be asked now: ${message}. Try again: repeats do no harm.`
  if (code === 'EPIPE') return 'Nobody reads the rest of the export.'
  return /stream isn't writeable|connection is closed/i.test(message)
    ? 'Redis cannot be reached: start the floor, or set REDIS_URL to that of your nodes.'
    : message
}

if (order.kind === 'help') say(HELP)
else if (order.kind === 'mistake') complain(order.message)
else
  await carryOut(order).then(
    (isRight) => {
      if (!isRight) process.exitCode = 1
    },
    (error) => complain(explain(error)),
  )
