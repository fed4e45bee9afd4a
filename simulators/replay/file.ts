import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'

/** The largest recording, unpacked, in bytes: it is held in memory to be put in order of time. */
const MOST_BYTES = 400 * 2 ** 20

const isGzip = (bytes: Buffer): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b

const unpack = (bytes: Buffer): Buffer => {
  try {
    return gunzipSync(bytes, { maxOutputLength: MOST_BYTES })
  } catch (error) {
    const tooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
    throw new Error(
      tooLarge ? `unpacked it is larger than ${MOST_BYTES} bytes: split it` : 'its gzip data is damaged or cut off',
    )
  }
}

const NOT_READ: Record<string, string> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'it may not be read',
}

/** The text of a file, unpacked where it is gzip; throws an error that says what is wrong. */
export const readText = async (path: string): Promise<string> => {
  try {
    const bytes = await readFile(path)
    const text = (isGzip(bytes) ? unpack(bytes) : bytes).toString('utf8')
    if (text.trim() === '') throw new Error('it is empty')
    return text
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException
    throw new Error(`${path} cannot be replayed: ${NOT_READ[code] ?? message}`)
  }
}
