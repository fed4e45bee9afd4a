import { readFileSync } from 'node:fs'
import type { Archive } from '../../archive/archive.ts'
import { openArchive } from '../../archive/open.ts'
import type { Config } from '../config.ts'

const readPassword = (file: string): string => {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    throw new Error(`ARCHIVE_PASSWORD_FILE=${file} cannot be read: ${(error as Error).message}`)
  }
}

/** Opens the archive that the settings name; null for none. Throws, with the remedy, where it can never be used so. */
export const openArchiveOf = async ({ ARCHIVE_URL, ARCHIVE_PASSWORD_FILE }: Config): Promise<Archive | null> => {
  if (ARCHIVE_URL === 'none') return null
  const password = ARCHIVE_PASSWORD_FILE === undefined ? undefined : readPassword(ARCHIVE_PASSWORD_FILE)
  return openArchive(ARCHIVE_URL, { password })
}
