/** A WebSocket frame of a client, right or wrong. Payload and mask are bytes (latin1). */
export type ClientFrame = {
  fin: boolean
  /** The three reserved bits. */
  rsv: number
  opcode: number
  /** Four bytes; null: not masked, as no client may. */
  mask: string | null
  payload: string
  /** The length that the header tells, and in how many bits; null: the payload's, in as few as will do. */
  length: { value: number; bits: 7 | 16 | 64 } | null
}

const lengthBytes = (value: number, bits: 7 | 16 | 64, masked: boolean): Buffer => {
  const flag = masked ? 0x80 : 0
  if (bits === 7) return Buffer.from([flag | (value & 127)])
  const bytes = Buffer.alloc(bits === 16 ? 3 : 9)
  bytes[0] = flag | (bits === 16 ? 126 : 127)
  if (bits === 16) bytes.writeUInt16BE(value & 0xffff, 1)
  else bytes.writeBigUInt64BE(BigInt(Math.max(0, value)) & 0xffff_ffff_ffff_ffffn, 1)
  return bytes
}

const bitsFor = (length: number): 7 | 16 | 64 => (length < 126 ? 7 : length < 65_536 ? 16 : 64)

const masked = (payload: string, mask: string): string => {
  const bytes = Buffer.from(payload, 'latin1')
  for (let i = 0; i < bytes.length; i++) bytes[i] = (bytes[i] ?? 0) ^ mask.charCodeAt(i % 4)
  return bytes.toString('latin1')
}

/** A frame as bytes. Source: RFC 6455, 5.2. */
export const frameBytes = ({ fin, rsv, opcode, mask, payload, length }: ClientFrame): string => {
  const { value, bits } = length ?? { value: payload.length, bits: bitsFor(payload.length) }
  const head = Buffer.concat([
    Buffer.from([(fin ? 0x80 : 0) | ((rsv & 7) << 4) | (opcode & 15)]),
    lengthBytes(value, bits, mask !== null),
  ]).toString('latin1')
  return head + (mask ?? '') + (mask === null ? payload : masked(payload, mask))
}

/** A right frame that carries a message; its mask is zeros, so that what is sent can be read. */
export const textFrame = (text: string): string =>
  frameBytes({
    fin: true,
    rsv: 0,
    opcode: 1,
    mask: '\0\0\0\0',
    payload: Buffer.from(text.toWellFormed()).toString('latin1'),
    length: null,
  })

/** A right upgrade to a WebSocket that speaks Engine.IO. */
export const UPGRADE = [
  'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
  'Host: localhost',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: d2F0Y2hmbG9vciBmdXp6Lg==',
  '\r\n',
].join('\r\n')

/** What a node sent on a WebSocket: the messages in it, and what is wrong with the frames. */
export type ServerFrames = { texts: string[]; closed: number | null; faults: string[] }

/** Reads what came after the upgrade; a frame that is cut off at the end is no fault. */
export const readFrames = (text: string): ServerFrames => {
  const read: ServerFrames = { texts: [], closed: null, faults: [] }
  const bytes = Buffer.from(text, 'latin1')
  for (let at = 0; at + 2 <= bytes.length; ) {
    const [first = 0, second = 0] = bytes.subarray(at, at + 2)
    const short = second & 127
    const from = at + 2 + (short === 126 ? 2 : short === 127 ? 8 : 0)
    if (from > bytes.length) return read
    const length =
      short === 126 ? bytes.readUInt16BE(at + 2) : short === 127 ? Number(bytes.readBigUInt64BE(at + 2)) : short
    const opcode = first & 15
    const wrong = second >= 128 || (first & 0xf0) !== 0x80 || ![1, 8, 9, 10].includes(opcode)
    if (wrong) {
      read.faults.push(`a frame that begins with ${bytes.toString('hex', at, at + 10)}`)
      return read
    }
    if (from + length > bytes.length) return read
    const payload = bytes.subarray(from, from + length)
    if (opcode === 8) read.closed = length >= 2 ? payload.readUInt16BE(0) : 1005
    if (opcode === 1) read.texts.push(payload.toString('latin1'))
    at = from + length
  }
  return read
}

/** Whether the last that came is a close frame: the node waits for the same, and then ends the connection. */
export const saysClose = (text: string): boolean => {
  for (let length = 0; length <= 125; length++) {
    const at = text.length - length - 2
    if (text.charCodeAt(at) === 0x88 && text.charCodeAt(at + 1) === length) return true
  }
  return false
}
