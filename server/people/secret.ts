import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** What the floor signs with. Whoever has it can be anybody. */
export type Secret = Uint8Array<ArrayBuffer>

const BYTES = 32
/** A file keeps it as text, so that people can copy it: these bytes or more, in base64url. */
const TEXT = /^[\w-]{43,200}$/
/** The rights to a file of all but its owner. */
const OF_OTHERS = 0o077

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code
const withRemedy = (path: string, what: string): Error => new Error(`SECRET_FILE ${path} cannot be used: ${what}`)
const WRITABLE = 'Set SECRET_FILE to a file in a folder that this user may write.'

/** Runs what only one of several may do, and that is done where this is not the first. */
const unlessDone = (act: () => void): void => {
  try {
    act()
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  }
}

/**
 * Makes a secret where there is none yet. It is written in a file of another name first: of several nodes that start at
 * once the first gives it the right name, and all read the same one, whole. Throws, with the remedy, where it cannot.
 */
export const makeSecret = (path: string): void => {
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  try {
    if (statSync(path, { throwIfNoEntry: false })) return
    unlessDone(() => mkdirSync(dirname(path), { mode: 0o700 }))
    writeFileSync(draft, `${randomBytes(BYTES).toString('base64url')}\n`, { mode: 0o600, flag: 'wx', flush: true })
    try {
      unlessDone(() => linkSync(draft, path))
    } finally {
      unlinkSync(draft)
    }
  } catch (error) {
    throw withRemedy(path, `none can be made there (${codeOf(error)}). ${WRITABLE}`)
  }
}

/** Reads the floor's secret; throws, with the remedy, where it is missing, no secret, or for others to read, too. */
export const readSecret = (path: string): Secret => {
  const { mode, text } = readFile(path)
  if (mode & OF_OTHERS)
    throw withRemedy(path, `others may read it (its mode is ${mode.toString(8)}). Run: chmod 600 ${path}`)
  if (!TEXT.test(text))
    throw withRemedy(
      path,
      'it holds no secret. Put the right file back, or delete it: a new one is made then, and everybody signs in again.',
    )
  return new Uint8Array(Buffer.from(text, 'base64url'))
}

const readFile = (path: string): { mode: number; text: string } => {
  try {
    const file = statSync(path)
    if (!file.isFile()) throw Object.assign(new Error(), { code: 'it is no file' })
    return { mode: file.mode & 0o777, text: readFileSync(path, 'utf8').trim() }
  } catch (error) {
    const missing = codeOf(error) === 'ENOENT'
    const remedy = missing ? 'A node makes it when it starts: is this the file of that node?' : WRITABLE
    throw withRemedy(path, `it cannot be read (${codeOf(error)}). ${remedy}`)
  }
}
