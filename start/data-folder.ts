import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { Failure } from './failure.ts'
import { makeFolder } from './folder.ts'
import { takeLock } from './lock.ts'

/** What went wrong, without the path: the sentence around it names that. */
const reasonOf = ({ message }: Error): string => message.replace(/, \w+ '[\s\S]*$/, '')

/**
 * Makes the data folder where it is missing, and takes its lock, so that two floors never write the same data. Returns
 * what releases the lock.
 */
export const takeDataFolder = (folder: string): (() => void) => {
  let release: (() => void) | null
  try {
    makeFolder(join(folder, 'redis'))
    for (const path of [folder, join(folder, 'redis')])
      accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK)
    release = takeLock(join(folder, 'lock'))
  } catch (error) {
    throw new Failure(
      `The data folder ${folder} cannot be used (${reasonOf(error as Error)}): set DATA_DIR to a folder that you may write.`,
    )
  }
  if (release === null)
    throw new Failure(
      `Watchfloor already runs here, on the data in ${folder}: stop it first, or set another DATA_DIR and PORT.`,
    )
  return release
}
