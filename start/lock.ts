import { rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

const take = (path: string): (() => void) | null => {
  const file = new DatabaseSync(path, { open: false })
  try {
    file.open()
    file.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
    return () => file.close()
  } catch (error) {
    if (file.isOpen) file.close()
    if ((error as { errcode?: number }).errcode === 5) return null // SQLITE_BUSY
    throw new Error(`its lock file: ${(error as Error).message}`)
  }
}

/**
 * Whether a file that nobody else knows can be locked there: some shared file systems lock nothing, and say that it is
 * taken.
 */
const canLock = (path: string): boolean => {
  const own = `${path}-${process.pid}`
  const release = take(own)
  release?.()
  rmSync(own)
  return release !== null
}

/**
 * Takes a lock file, or null where another process has it. SQLite holds it with a lock of the operating system, which
 * goes when its holder goes, however that ends: no lock is ever left behind, and no process id has to be trusted.
 */
export const takeLock = (path: string): (() => void) | null => {
  const release = take(path)
  if (release === null && !canLock(path)) throw new Error('its file system locks no files')
  return release
}
