import { open, rename, rm } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import type { Sink } from './tables.ts'

/** Puts into a stream that somebody reads, as fast as they do. */
const intoStream =
  (stream: Writable): Sink =>
  (piece) =>
    new Promise((resolve, reject) => {
      stream.write(piece, (error) => (error ? reject(error) : resolve()))
    })

/** A file gets its name once it is whole: until then it is called `.part`. */
const intoFile = async (path: string) => {
  const part = `${path}.part`
  const file = await open(part, 'w')
  return {
    put: (piece: string | Uint8Array) => file.appendFile(piece),
    end: async (isWhole: boolean): Promise<void> => {
      await file.close()
      if (isWhole) await rename(part, path)
      else await rm(part, { force: true })
    },
  }
}

/** Opens a file for an export, or the stream where none is named. */
export const openOutput = async (file: string | null, stream: Writable) =>
  file === null ? { put: intoStream(stream), end: async () => {} } : intoFile(file)
