import { closeSync, mkdtempSync, openSync, readSync, rmdirSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/**
 * What does not fit into memory: bytes in a temporary file that has no name any more once it is open. So no other
 * program finds it, and it goes with the process, however that ends. Files are read and written at once: they are in
 * the system's cache as a rule, and a replay has nothing better to do than to wait for them.
 */
export type Spool = {
  /** Puts bytes behind all others; returns where they begin. */
  append: (bytes: Uint8Array) => number
  /** Fills `into` from a place on; returns how many bytes there were. */
  read: (into: Uint8Array, place: number) => number
  close: () => void
}

/** What a full disk says, or a limit of the size of files. */
const FULL = ['ENOSPC', 'EDQUOT', 'EFBIG']
const OTHER_FOLDER = 'name another folder by TMPDIR'

/** Opens a file of its own in `folder`, and takes its name away. */
const openNameless = (folder: string): number => {
  const own = mkdtempSync(join(folder, 'watchfloor-replay-'))
  const path = join(own, 'rows')
  try {
    const file = openSync(path, 'wx+', 0o600)
    unlinkSync(path)
    return file
  } finally {
    rmdirSync(own)
  }
}

/** The first of the folders that takes a file. */
const openFirst = (folders: readonly string[]): { folder: string; file: number } => {
  const troubles: string[] = []
  for (const folder of folders)
    try {
      return { folder, file: openNameless(folder) }
    } catch (error) {
      troubles.push((error as Error).message)
    }
  throw new Error(`it is too large for memory, and no temporary file can be made (${troubles.join('; ')})`)
}

/** A spool whose file is made when something is put into it for the first time. */
export const createSpool = (folders: readonly string[]): Spool => {
  let open: { folder: string; file: number } | null = null
  let length = 0
  const write = (bytes: Uint8Array) => {
    open ??= openFirst(folders)
    const { file, folder } = open
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done, length + done)
    } catch (error) {
      const { code = '', message } = error as NodeJS.ErrnoException
      const why = FULL.includes(code) ? 'there is no room left' : message
      throw new Error(`the temporary file in ${folder} cannot be written: ${why}; free some, or ${OTHER_FOLDER}`)
    }
  }
  return {
    append: (bytes) => {
      write(bytes)
      length += bytes.length
      return length - bytes.length
    },
    read: (into, place) => {
      let done = 0
      for (let got = -1; open !== null && done < into.length && got !== 0; done += got)
        got = readSync(open.file, into, done, into.length - done, place + done)
      return done
    },
    close: () => {
      if (open !== null) closeSync(open.file)
      open = null
    },
  }
}
