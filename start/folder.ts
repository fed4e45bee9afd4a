import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false

/**
 * Makes a folder, and those above it, for this user only. Node's own `recursive` would try for ever where a file system
 * says that it has no such place, as /proc does.
 */
export const makeFolder = (path: string): void => {
  if (isFolder(path)) return
  makeFolder(dirname(path))
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    if (isFolder(path)) return // another start was faster
    throw (error as NodeJS.ErrnoException).code === 'EEXIST' ? new Error(`${path} is no folder`) : error
  }
}
