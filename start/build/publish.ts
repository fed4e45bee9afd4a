import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'

/** How long files of earlier builds stay: a page that was opened before may still ask for its parts; milliseconds. */
const KEPT_MS = 24 * 60 * 60 * 1000

const filesIn = async (folder: string): Promise<string[]> => {
  const found = await readdir(folder, { recursive: true, withFileTypes: true })
  return found.filter((entry) => entry.isFile()).map(({ parentPath, name }) => relative(folder, join(parentPath, name)))
}

/**
 * Moves a build, file by file, into the place of an earlier one. The names of its parts tell what is in them, and the
 * page that asks for them comes last: so whoever is served meanwhile gets one of the two, whole.
 */
export const publish = async (from: string, to: string, now: Date): Promise<void> => {
  const files = await filesIn(from)
  const parts = files.filter((file) => file !== 'index.html')
  for (const file of [...parts, 'index.html']) {
    await mkdir(dirname(join(to, file)), { recursive: true })
    await rename(join(from, file), join(to, file))
  }
  for (const file of await filesIn(to)) {
    const { mtimeMs } = await stat(join(to, file))
    if (!files.includes(file) && mtimeMs < now.getTime() - KEPT_MS) await rm(join(to, file), { force: true })
  }
}
