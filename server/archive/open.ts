import type { Archive } from '../../archive/archive.ts'
import { openArchive } from '../../archive/open.ts'
import type { Config } from '../config.ts'

/** Opens the archive that the settings name; null for none. Throws, with the remedy, where it can never be used so. */
export const openArchiveOf = async ({ ARCHIVE_URL, ARCHIVE_PASSWORD_FILE }: Config): Promise<Archive | null> =>
  ARCHIVE_URL === 'none' ? null : openArchive(ARCHIVE_URL, { passwordFile: ARCHIVE_PASSWORD_FILE })
