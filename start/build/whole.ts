import { mkdir, mkdtemp, readdir, rm, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { build } from 'vite'
import { BUILT, dashboardIsStale } from '../dashboard.ts'
import { takeLock } from '../lock.ts'
import { publish } from './publish.ts'

type Options = { onlyWhereStale: boolean; say: (line: string) => void }

/** Before what a build puts into `dist` while it works. */
const WORKING = 'web-'

/**
 * Waits until no other build works in `dist`. Null where nothing can be locked: what is put in place is whole all the
 * same.
 */
const takeTurn = async (path: string, say: Options['say']): Promise<(() => void) | null> => {
  for (let told = false; ; told = true) {
    try {
      const release = takeLock(path)
      if (release !== null) return release
    } catch {
      return null
    }
    if (!told) say('the dashboard is being built by another start or build: waiting for it')
    await sleep(100)
  }
}

const removeLeftovers = async (dist: string): Promise<void> => {
  for (const name of await readdir(dist))
    if (name.startsWith(WORKING)) await rm(join(dist, name), { recursive: true, force: true })
}

/** Builds in a folder of its own, and puts what came of it in place. */
const buildIn = async (root: string, folder: string): Promise<void> => {
  const began = new Date()
  await build({
    configFile: join(root, 'vite.config.ts'),
    logLevel: 'warn',
    build: { outDir: folder, emptyOutDir: true },
  })
  // What changed while it was built is in it or not: the next start builds again.
  await utimes(join(folder, 'index.html'), began, began)
  await publish(folder, join(root, BUILT), began)
}

/**
 * Builds the dashboard into `dist/web`, where whoever is served meanwhile gets the old one or the new one, never parts.
 */
export const buildWhole = async (root: string, { onlyWhereStale, say }: Options): Promise<void> => {
  const dist = join(root, 'dist')
  await mkdir(dist, { recursive: true })
  const release = await takeTurn(join(dist, 'lock'), say)
  if (release !== null) await removeLeftovers(dist)
  const folder = await mkdtemp(join(dist, WORKING))
  try {
    if (!onlyWhereStale || (await dashboardIsStale(root))) await buildIn(root, folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
    release?.()
  }
}
