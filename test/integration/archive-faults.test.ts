import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Archive, ArchiveAway, type FixRow } from '../../archive/archive.ts'
import { openArchive } from '../../archive/open.ts'
import { ROOT } from '../support/environment.ts'
import { eventually } from '../support/eventually.ts'
import { emptyDatabase, hasPostgres, startPostgres, type TestPostgres } from '../support/postgres.ts'

const T = Date.UTC(2026, 10, 30)
const fixes = (id: string, count: number, from = 0): FixRow[] =>
  Array.from({ length: count }, (_, i) => ({
    fix: { id, n: from + i + 1, t: T + (from + i) * 1000, lat: 30 + i / 1e4, lon: -97 },
    at: T + (from + i) * 1000,
  }))
const trackOf = (archive: Archive, device: string): Promise<FixRow[]> =>
  archive.track({ device, from: T, to: T + 1e9, limit: 1e6 })

/** What another process says that does this with the archive. `under`: what the shell is to do first. */
const elsewhere = (url: string, work: string, under = ':'): Promise<string> =>
  new Promise((resolve, reject) => {
    const code = `
      import { openArchive } from '${ROOT}/archive/open.ts'
      const archive = await openArchive('${url}')
      const T = ${T}
      const fixes = ${fixes.toString().replaceAll(/\n\s*/g, ' ')}
      ${work}
      await archive.close()`
    const args = ['-c', `${under}; exec "$@"`, 'sh', process.execPath, '--input-type=module', '-e', code]
    execFile('sh', args, (error, stdout, stderr) => (error ? reject(new Error(stderr)) : resolve(stdout.trim())))
  })

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watchfloor-archive-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('an archive in a file', () => {
  it('says what is wrong with the file, and what to do', async () => {
    await writeFile(join(folder, 'text'), 'This is a text that somebody put here, and no database at all. '.repeat(20))
    await mkdir(join(folder, 'folder'))
    for (const [path, why] of [
      ['text', 'file is not a database'],
      ['folder', 'unable to open database file'],
      ['text/archive.db', 'EEXIST'],
    ] as const) {
      const said = await openArchive(`sqlite:${join(folder, path)}`).catch(String)
      expect(said).toContain(`The archive ${join(folder, path)} cannot be used: `)
      expect(said).toContain(why)
      expect(said).toContain('or another ARCHIVE_URL')
    }
    for (const url of ['sqlite:', 'sqlite::memory:', 'mysql://db/x', 'postgres//x'])
      await expect(openArchive(url)).rejects.toThrow(/ARCHIVE_URL/)
  })

  it('refuses a schema of a newer Watchfloor in one line', async () => {
    const path = join(folder, 'newer.db')
    await (await openArchive(`sqlite:${path}`)).close()
    const database = new DatabaseSync(path)
    database.exec('update schema set version = 99')
    database.close()
    const said = await openArchive(`sqlite:${path}`).catch(String)
    expect(said).toContain('a newer Watchfloor made it (schema 99, this one knows 1)')
    expect(said).not.toContain('\n')
  })

  it('is written and read by two processes at once', async () => {
    const url = `sqlite:${join(folder, 'shared.db')}`
    const work = `for (let i = 0; i < 40; i++) await archive.write({ fixes: fixes('theirs', 50, i * 50) })
      console.log((await archive.track({ device: 'theirs', from: T, to: T + 1e9, limit: 1e6 })).length)`
    const others = [elsewhere(url, work), elsewhere(url, work.replaceAll('theirs', 'others'))]
    const archive = await openArchive(url)
    for (let i = 0; i < 40; i++) {
      await archive.write({ fixes: fixes('ours', 50, i * 50) })
      expect((await trackOf(archive, 'ours')).length).toBe((i + 1) * 50)
      expect((await trackOf(archive, 'theirs')).length % 50).toBe(0)
    }
    expect(await Promise.all(others)).toEqual(['2000', '2000'])
    expect((await archive.size()).rows.fixes).toBe(6000)
    await archive.close()
  })

  it('tells that the disk is full, keeps what was written whole, and goes on when there is room', async () => {
    const url = `sqlite:${join(folder, 'full.db')}`
    const work = `let written = 0
      for (;;) {
        try { await archive.write({ fixes: fixes('d', 1000, written) }); written += 1000 }
        catch (error) { console.log(error.constructor.name, error.message, written); break }
      }
      console.log((await archive.track({ device: 'd', from: T, to: T + 1e9, limit: 1e6 })).length)`
    const said = await elsewhere(url, work, 'ulimit -f 4000')
    const [, message, written, read] = /^ArchiveAway (.*) (\d+)\n(\d+)$/.exec(said) ?? []
    expect(message).toMatch(/full\.db: (?:disk I\/O error|database or disk is full)$/)
    expect(Number(written)).toBeGreaterThan(0)
    expect(read).toBe(written)
    const archive = await openArchive(url)
    expect((await trackOf(archive, 'd')).length).toBe(Number(written))
    await archive.write({ fixes: fixes('d', 1000, Number(written)) })
    expect((await trackOf(archive, 'd')).length).toBe(Number(written) + 1000)
    await archive.close()
  })

  it('rejects what is asked after it was closed', async () => {
    const archive = await openArchive(`sqlite:${join(folder, 'closed.db')}`)
    await archive.close()
    await expect(archive.edge()).rejects.toThrow(ArchiveAway)
    await expect(archive.write({ edge: 1 })).rejects.toThrow(ArchiveAway)
  })
})

describe.skipIf(!(await hasPostgres()))('an archive in PostgreSQL', () => {
  let server: TestPostgres
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server?.stop())

  it('is away while the server is, has written whole batches only, and comes back by itself', async () => {
    const archive = await openArchive(server.url)
    let written = 0
    let going = true
    const writing = (async () => {
      while (going)
        await archive.write({ fixes: fixes('d', 200, written) }).then(
          () => {
            written += 200
          },
          (error) => expect(error).toBeInstanceOf(ArchiveAway),
        )
    })()
    await eventually('it writes', () => written > 1000)
    await server.kill()
    await expect(trackOf(archive, 'd')).rejects.toThrow(ArchiveAway)
    await expect(archive.edge()).rejects.toThrow(`postgres://${new URL(server.url).host}/`)
    const before = written
    await server.start()
    await eventually('it writes again', () => written > before + 1000)
    going = false
    await writing
    expect((await trackOf(archive, 'd')).length).toBe(written)
    await archive.close()
  })

  it('is opened though the server is away, and made once it is there', async () => {
    const url = await emptyDatabase(server.url, 'later')
    await server.kill()
    const archive = await openArchive(url)
    await expect(archive.edge()).rejects.toThrow(ArchiveAway)
    await server.start()
    await eventually('it writes', () => archive.write({ fixes: fixes('d', 9) }).then(() => true))
    expect((await trackOf(archive, 'd')).length).toBe(9)
    await archive.close()
  })

  it('is made once, though several nodes begin at the same moment', async () => {
    const url = await emptyDatabase(server.url, 'several')
    const archives = await Promise.all(Array.from({ length: 4 }, () => openArchive(url)))
    await Promise.all(archives.map((archive, i) => archive.write({ fixes: fixes(`d${i}`, 9) })))
    for (const archive of archives) {
      expect((await archive.size()).rows.fixes).toBe(36)
      await archive.close()
    }
  })

  it('is refused where it can never be used', async () => {
    const url = new URL(server.url)
    url.pathname = 'nowhere'
    const passwordFile = join(folder, 'password')
    await writeFile(passwordFile, 'p%/@\n')
    await expect(openArchive(url.href, { passwordFile })).rejects.toThrow(/"nowhere" does not exist\. Put the/)
    const missing = join(folder, 'missing')
    await expect(openArchive(url.href, { passwordFile: missing })).rejects.toThrow(/ARCHIVE_PASSWORD_FILE=.*missing/)
    await (await openArchive(`sqlite:${join(folder, 'needs-none.db')}`, { passwordFile: missing })).close()
  })

  it('refuses a schema of a newer Watchfloor in one line', async () => {
    await (await openArchive(server.url)).close()
    const client = new Client(server.url)
    await client.connect()
    await client.query('update schema set version = 99')
    await client.end()
    await expect(openArchive(server.url)).rejects.toThrow(/a newer Watchfloor made it \(schema 99, this one knows 1\)/)
  })
})
