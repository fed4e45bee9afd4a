import { isUtf8 } from 'node:buffer'
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

/**
 * How bytes are written: as a byte order mark says, else UTF-8, unless they are not and an XML declaration says what
 * they are.
 */
const encodingOf = (bytes: Buffer): string => {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  const declared = /^\s*<\?xml[^>]*\sencoding\s*=\s*["']([\w-]+)["']/.exec(bytes.toString('latin1', 0, 200))?.[1]
  return declared !== undefined && !isUtf8(bytes) ? declared : 'utf-8'
}

/** The text of bytes, without a byte order mark. */
const decode = (bytes: Buffer): string => {
  try {
    return new TextDecoder(encodingOf(bytes)).decode(bytes)
  } catch {
    return new TextDecoder().decode(bytes) // an encoding that nobody knows
  }
}

/** The text of bytes, in lines that end in a line feed, also where there are carriage returns alone. */
const textOf = (bytes: Buffer): string => {
  const text = decode(bytes)
  return text.includes('\n') ? text : text.replaceAll('\r', '\n')
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
    const text = textOf(isGzip(bytes) ? unpack(bytes) : bytes)
    if (text.trim() === '') throw new Error('it is empty')
    return text
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException
    throw new Error(`${path} cannot be replayed: ${NOT_READ[code] ?? message}`)
  }
}
