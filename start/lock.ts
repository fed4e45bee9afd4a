import { DatabaseSync } from 'node:sqlite'

/**
 * Takes a lock file, or null where another process has it. SQLite holds it with a lock of the operating system, which goes when
 * its holder goes, however that ends: no lock is ever left behind, and no process id has to be trusted.
 */
export const takeLock = (path: string): (() => void) | null => {
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
