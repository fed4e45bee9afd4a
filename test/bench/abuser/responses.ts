/** A response, as its first bytes and its end tell of it. */
export type OnResponse = (status: number, etag: string | null) => void

const END_OF_HEAD = '\r\n\r\n'
const LENGTH = /^content-length: *(\d+)/im
const ETAG = /^etag: *(.+?)\r?$/im
const CHUNKED = /^transfer-encoding: *chunked/im
const LAST_CHUNK = '0\r\n\r\n'

/** The last bytes of `tail` and a chunk together, as many as end a body in chunks. */
const lastBytes = (tail: string, chunk: Buffer): string =>
  (tail + chunk.toString('latin1', Math.max(0, chunk.length - LAST_CHUNK.length))).slice(-LAST_CHUNK.length)

/**
 * Finds the responses in a connection's bytes without looking at their bodies, the next after one in chunks only if it
 * begins a chunk of bytes: who waits for each answer gets them so. Returns a function that takes the next bytes.
 */
export const responseReader = (onResponse: OnResponse): ((chunk: Buffer) => void) => {
  let head = ''
  let left = 0
  let chunked = false
  let tail = ''
  let status = 0
  let etag: string | null = null

  const begin = (text: string): void => {
    status = Number(text.slice(9, 12))
    etag = ETAG.exec(text)?.[1] ?? null
    chunked = CHUNKED.test(text)
    tail = ''
    left = status === 304 || status === 204 ? 0 : Number(LENGTH.exec(text)?.[1] ?? 0)
  }
  /** Takes a part of a body; returns how much of the chunk is left. */
  const skip = (chunk: Buffer): Buffer => {
    if (chunked) {
      tail = lastBytes(tail, chunk)
      chunked = tail !== LAST_CHUNK
      return chunk.subarray(chunk.length)
    }
    const taken = Math.min(left, chunk.length)
    left -= taken
    return chunk.subarray(taken)
  }

  return (chunk) => {
    let rest = chunk
    while (rest.length > 0) {
      if (status === 0) {
        head += rest.toString('latin1')
        const end = head.indexOf(END_OF_HEAD)
        if (end < 0) return
        begin(head.slice(0, end))
        rest = Buffer.from(head.slice(end + END_OF_HEAD.length), 'latin1')
        head = ''
      }
      rest = skip(rest)
      if (left > 0 || chunked) return
      const done = status
      status = 0
      onResponse(done, etag)
    }
  }
}
