import { type FileHandle, open, stat } from 'node:fs/promises'
import { createDecoder } from './decode.ts'
import { createUnpacker, GZIP_CUT, isGzip } from './unpack.ts'

/** How far a file is read, in bytes; `size` is 0 where nobody knows how many there are. */
export type Place = { read: number; size: number }

/** Bytes that are read at once. */
const PIECE = 128 * 1024

const NOT_READ: Record<string, string> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'it may not be read',
  Z_DATA_ERROR: 'its gzip data is damaged',
  Z_NEED_DICT: 'its gzip data is damaged',
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? ''
const reasonOf = (error: unknown): string => NOT_READ[codeOf(error)] ?? (error as Error).message

/** Opens what ends some time: a file, or what another program writes into a pipe. */
const openFile = async (path: string): Promise<{ file: FileHandle; size: number }> => {
  const kind = await stat(path)
  if (kind.isDirectory()) throw new Error('it is a folder')
  if (!kind.isFile() && !kind.isFIFO()) throw new Error('it is a device, not a file')
  return { file: await open(path), size: kind.isFile() ? kind.size : 0 }
}

type Take = (text: string) => void
type Rest = () => Promise<void> | void

/** Reads a file as it was when it was opened, piece by piece: the bytes are others once `take` is done. */
const readPieces = async (
  file: FileHandle,
  place: Place,
  take: (bytes: Buffer) => Promise<void> | void,
): Promise<void> => {
  const bytes = Buffer.allocUnsafe(PIECE)
  while (place.size === 0 || place.read < place.size) {
    const wanted = place.size === 0 ? PIECE : Math.min(PIECE, place.size - place.read)
    const { bytesRead } = await file.read(bytes, 0, wanted)
    if (bytesRead === 0) return
    place.read += bytesRead
    await take(bytes.subarray(0, bytesRead))
  }
}

/** Why a file is not whole that another program writes to while it is read; null where it is. */
const growth = async (file: FileHandle, { read, size }: Place): Promise<string | null> => {
  if (read < size) return 'the file became shorter while it was read: it is cut off'
  const now = size === 0 ? size : (await file.stat()).size
  return now > size ? 'the file was being written to: it is cut off' : null
}

const readOpen = async (file: FileHandle, place: Place, take: Take, rest: Rest): Promise<string | null> => {
  const decoder = createDecoder(take)
  const unpacker = createUnpacker(decoder.write)
  let isPacked: boolean | null = null
  await readPieces(file, place, async (bytes) => {
    isPacked ??= isGzip(bytes)
    if (isPacked) await unpacker.write(bytes)
    else decoder.write(bytes)
    await rest()
  })
  const isCut = (await unpacker.end()) && isPacked
  decoder.end()
  return isCut ? GZIP_CUT : growth(file, place)
}

/**
 * Reads the text of a file, unpacked where it is gzip, piece by piece and with a bounded memory; `place` tells how far
 * it is, and after each piece it waits for `rest`. Returns why it ends too early, null where it does not; throws an
 * error that says what is wrong with it.
 */
export const readText = async (
  path: string,
  place: Place,
  take: Take,
  rest: Rest = () => {},
): Promise<string | null> => {
  try {
    const { file, size } = await openFile(path)
    place.size = size
    try {
      return await readOpen(file, place, take, rest)
    } finally {
      await file.close()
    }
  } catch (error) {
    throw new Error(reasonOf(error))
  }
}
