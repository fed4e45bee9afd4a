/**
 * Called for each whole frame: its opcode, and the bytes of its payload from `start` to before `end`, valid during the
 * call.
 */
export type OnFrame = (opcode: number, bytes: Buffer, start: number, end: number) => void

const NOTHING = Buffer.alloc(0)

/**
 * Cuts a server's byte stream (unmasked) into frames. Source: RFC 6455, 5.2. Returns a function that takes the next
 * bytes.
 */
export const frameReader = (onFrame: OnFrame): ((chunk: Buffer) => void) => {
  let rest = NOTHING
  return (chunk) => {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
    let at = 0
    while (bytes.length - at >= 2) {
      const short = (bytes[at + 1] ?? 0) & 127
      const start = at + (short < 126 ? 2 : short === 126 ? 4 : 10)
      if (bytes.length < start) break
      const length =
        short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2))
      if (bytes.length - start < length) break
      onFrame((bytes[at] ?? 0) & 15, bytes, start, start + length)
      at = start + length
    }
    // The chunk is a view of a buffer that the next read overwrites.
    rest = at < bytes.length ? Buffer.from(bytes.subarray(at)) : NOTHING
  }
}

export const CONTINUATION = 0
export const TEXT = 1
export const CLOSE = 8
export const PING = 9
export const PONG = 10

const FINAL = 0x80

/** A client's frame, `last` of its message. The mask is all zeros: allowed, and it costs nothing. */
export const clientFrame = (opcode: number, text: string, last = true): Buffer => {
  const first = opcode | (last ? FINAL : 0)
  const payload = Buffer.from(text)
  const { length } = payload
  const head =
    length < 126
      ? [first, 0x80 | length]
      : length < 65_536
        ? [first, 0x80 | 126, length >> 8, length & 255]
        : [first, 0x80 | 127, 0, 0, 0, 0, length >>> 24, (length >> 16) & 255, (length >> 8) & 255, length & 255]
  return Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), payload])
}
