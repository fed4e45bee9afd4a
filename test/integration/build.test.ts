import { spawn } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { dashboardIsStale } from '../../start/dashboard.ts'
import { inherited, ROOT } from '../support/environment.ts'
import { eventually } from '../support/eventually.ts'

/** What the image's stage that builds the dashboard gets; it must do here too. */
const copied = async (): Promise<string[]> => {
  const [stages = ''] = (await readFile(join(ROOT, 'Dockerfile'), 'utf8')).split('FROM base AS packages')
  return [...stages.matchAll(/^COPY (.+) \S+$/gm)].flatMap(([, paths = '']) => paths.split(' '))
}

/** A copy of what the dashboard is built from, as in the image. */
let root = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'watchfloor-build-'))
  for (const path of await copied()) await cp(join(ROOT, path), join(root, path), { recursive: true })
  await symlink(join(ROOT, 'node_modules'), join(root, 'node_modules'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

type Built = { said: () => string; ended: Promise<number | string | null>; kill: () => void }
const build = (...args: string[]): Built => {
  const child = spawn(process.execPath, [join(root, 'start/build/main.ts'), ...args], { cwd: root, env: inherited() })
  let said = ''
  child.stderr.on('data', (text: Buffer) => {
    said += text
  })
  const ended = new Promise<number | string | null>((resolve) =>
    child.once('exit', (code, signal) => resolve(code ?? signal)),
  )
  return { said: () => said, ended, kill: () => child.kill('SIGKILL') }
}

/** What a browser would be served: the page, and the parts that it names but does not find. */
const served = async (): Promise<{ page: string; missing: string[] }> => {
  const page = await readFile(join(root, 'dist/web/index.html'), 'utf8').catch(() => '')
  const named = [...page.matchAll(/(?:src|href)="\/([^"]+)"/g)].map(([, path]) => path ?? '')
  const found = await Promise.all(
    named.map((path) =>
      stat(join(root, 'dist/web', path)).then(
        ({ size }) => size > 0,
        () => false,
      ),
    ),
  )
  return { page, missing: named.filter((_, index) => !found[index]) }
}

/** Looks at what is served until `ended`; returns the different pages that were seen whole. */
const watchUntil = async (ended: Promise<unknown>): Promise<Set<string>> => {
  const pages = new Set<string>()
  let over = false
  void ended.then(() => {
    over = true
  })
  while (!over) {
    const { page, missing } = await served()
    expect(missing).toEqual([])
    if (page !== '') pages.add(page)
    await new Promise(setImmediate)
  }
  return pages
}

const change = (text: string) => writeFile(join(root, 'web/styles/base.css'), text, { flag: 'a' })
const leftovers = async () => (await readdir(join(root, 'dist'))).filter((name) => name.startsWith('web-'))

it('builds at once take turns, and what is served meanwhile is never half of one', async () => {
  const first = [build(), build(), build()]
  await watchUntil(Promise.all(first.map(({ ended }) => ended)))
  expect(await Promise.all(first.map(({ ended }) => ended))).toEqual([0, 0, 0])
  expect(first.filter(({ said }) => said().includes('waiting for it')).length).toBeGreaterThan(0)
  const { page, missing } = await served()
  expect(page).toContain('<script')
  expect(missing).toEqual([])

  await change('\nbody { outline: 1px solid transparent }\n')
  const second = build()
  const pages = await watchUntil(second.ended)
  expect(await second.ended).toBe(0)
  const now = (await served()).page
  expect(now).not.toBe(page)
  expect([...pages].filter((seen) => seen !== page && seen !== now)).toEqual([])
  expect(await leftovers()).toEqual([])
})

it('a build that was killed leaves the old dashboard as it was, and nothing behind for long', async () => {
  expect(await build().ended).toBe(0)
  const { page } = await served()
  await change('\nbody { outline: 2px solid transparent }\n')
  const killed = build()
  await eventually('it is at work', async () => (await leftovers()).length > 0)
  killed.kill()
  await killed.ended
  expect(await served()).toEqual({ page, missing: [] })
  expect(await dashboardIsStale(root)).toBe(true)
  expect(await build('--where-stale').ended).toBe(0)
  expect(await leftovers()).toEqual([])
  expect(await dashboardIsStale(root)).toBe(false)
})

it('parts of earlier builds stay for a day', async () => {
  expect(await build().ended).toBe(0)
  const before = await readdir(join(root, 'dist/web/assets'))
  await mkdir(join(root, 'dist/web/assets'), { recursive: true })
  await writeFile(join(root, 'dist/web/assets/ancient.js'), '')
  await utimes(join(root, 'dist/web/assets/ancient.js'), 1e9, 1e9)
  await change('\nbody { outline: 3px solid transparent }\n')
  expect(await build().ended).toBe(0)
  const after = await readdir(join(root, 'dist/web/assets'))
  expect(after).toEqual(expect.arrayContaining(before))
  expect(after.length).toBeGreaterThan(before.length)
  expect(after).not.toContain('ancient.js')
})

it('what changes while it is built is built at the next start', async () => {
  expect(await build().ended).toBe(0)
  const { mtimeMs } = await stat(join(root, 'dist/web/index.html'))
  const parts = await stat(join(root, 'dist/web/theme.js'))
  expect(mtimeMs).toBeLessThan(parts.mtimeMs)
})
