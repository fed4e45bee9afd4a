import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describeEnding, startTool } from './child.ts'
import { Failure } from './failure.ts'

const SOURCES = ['web', 'wire', 'data', 'vite.config.ts', 'package-lock.json']
/** Where the built dashboard is. */
export const BUILT = 'dist/web'

const modified = (path: string): Promise<number> =>
  stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  )

/** When anything under `path` changed last, its folders included, so that a removed file counts; Unix milliseconds. */
const newest = async (path: string): Promise<number> => {
  const inside = await readdir(path, { recursive: true }).catch(() => [])
  return Math.max(...(await Promise.all([path, ...inside.map((name) => join(path, name))].map(modified))))
}

/** Whether the dashboard was never built, or was changed since. */
export const dashboardIsStale = async (root: string): Promise<boolean> => {
  const changes = await Promise.all(SOURCES.map((path) => newest(join(root, path))))
  return (await modified(join(root, BUILT, 'index.html'))) <= Math.max(...changes)
}

/** Builds the dashboard, once no other start builds it. */
export const buildDashboard = async (root: string, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<void> => {
  const child = startTool('build', [join(root, 'start/build/main.ts'), '--where-stale'], { cwd: root, env })
  signal.addEventListener('abort', child.kill, { once: true })
  const ending = await child.ended
  signal.removeEventListener('abort', child.kill)
  signal.throwIfAborted()
  if (ending.code !== 0)
    throw new Failure(`The dashboard could not be built (${describeEnding(ending)}): see the reason above.`)
}
