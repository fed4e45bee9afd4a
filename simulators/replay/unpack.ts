import { createGunzip } from 'node:zlib'

export const GZIP_CUT = 'the gzip data is cut off'

export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b

/** Unpacks gzip data as they come. */
export type Unpacker = {
  /** Resolves once all that follows from the bytes was taken. */
  write: (bytes: Buffer) => Promise<void>
  /** True where the data end too early. */
  end: () => Promise<boolean>
}

/**
 * `take` gets what is unpacked, at once: so nothing of it gathers, however much the data hold. What it throws ends the
 * unpacking, as damaged data do.
 */
export const createUnpacker = (take: (bytes: Buffer) => void): Unpacker => {
  const gunzip = createGunzip()
  let trouble: Error | null = null
  const fail = (error: Error) => {
    trouble ??= error
    gunzip.destroy()
  }
  gunzip.on('error', fail)
  gunzip.on('data', (bytes: Buffer) => {
    if (trouble) return
    try {
      take(bytes)
    } catch (error) {
      fail(error as Error)
    }
  })
  const closed = new Promise<void>((resolve) => gunzip.once('close', () => resolve()))
  const check = () => {
    if (trouble) throw trouble
  }
  const isCut = () => (trouble as NodeJS.ErrnoException | null)?.code === 'Z_BUF_ERROR'
  return {
    write: async (bytes) => {
      await Promise.race([new Promise<void>((resolve) => gunzip.write(bytes, () => resolve())), closed])
      check()
    },
    end: async () => {
      gunzip.end()
      await closed
      if (!isCut()) check()
      return isCut()
    },
  }
}
