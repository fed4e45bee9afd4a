import { isUtf8 } from 'node:buffer'
import { readFile } from 'node:fs/promises'
import { constants, gunzipSync } from 'node:zlib'

/** The largest recording, unpacked, in bytes: it is held in memory to be put in order of time. */
const MOST_BYTES = 400 * 2 ** 20

const isGzip = (bytes: Buffer): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b

/** A text, and whether the file ends before its gzip data do. */
export type FileText = { text: string; isCut: boolean }

const unpackWith = (bytes: Buffer, finishFlush: number): Buffer =>
  gunzipSync(bytes, { maxOutputLength: MOST_BYTES, finishFlush })

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? ''

/** Unpacks what there is: all, or as far as data go that are cut off. */
const unpack = (bytes: Buffer): { unpacked: Buffer; isCut: boolean } => {
  try {
    return { unpacked: unpackWith(bytes, constants.Z_FINISH), isCut: false }
  } catch (error) {
    if (codeOf(error) === 'Z_BUF_ERROR') return { unpacked: unpackWith(bytes, constants.Z_SYNC_FLUSH), isCut: true }
    throw error
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
  ERR_BUFFER_TOO_LARGE: `unpacked it is larger than ${MOST_BYTES} bytes: split it`,
  Z_DATA_ERROR: 'its gzip data is damaged',
}

/** The text of a file, unpacked where it is gzip; throws an error that says what is wrong. */
export const readText = async (path: string): Promise<FileText> => {
  try {
    const bytes = await readFile(path)
    const { unpacked, isCut } = isGzip(bytes) ? unpack(bytes) : { unpacked: bytes, isCut: false }
    const text = textOf(unpacked)
    if (text.trim() === '') throw new Error(isCut ? 'its gzip data is cut off at once' : 'it is empty')
    return { text, isCut }
  } catch (error) {
    throw new Error(`${path} cannot be replayed: ${NOT_READ[codeOf(error)] ?? (error as Error).message}`)
  }
}
