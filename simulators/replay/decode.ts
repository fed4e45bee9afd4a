import { isUtf8 } from 'node:buffer'

/** Turns bytes into text as they come. */
export type Decoder = { write: (bytes: Buffer) => void; end: () => void }

type Decode = (bytes: Buffer, isLast: boolean) => string

/** Bytes of a file's beginning that tell how it is written. */
const HEAD = 200
/** The most bytes without a letter of ASCII that are kept to see whether they are UTF-8. */
const MOST_HELD = 64 * 1024

const decodeAs = (label: string): Decode => {
  const decoder = new TextDecoder(label)
  return (bytes, isLast) => decoder.decode(bytes, { stream: !isLast })
}

const isKnown = (label: string): boolean => {
  try {
    return new TextDecoder(label).encoding !== 'utf-8'
  } catch {
    return false
  }
}

/** UTF-8 as long as the bytes are, whatever was declared; from the first that are not on, what was declared. */
const decodeDeclared = (label: string): Decode => {
  const declared = decodeAs(label)
  let isStill = true
  let held: Buffer = Buffer.alloc(0)
  return (bytes, isLast) => {
    if (!isStill) return declared(bytes, isLast)
    const all = Buffer.concat([held, bytes])
    const end = isLast ? all.length : all.findLastIndex((byte) => byte < 0x80) + 1
    isStill = isUtf8(all.subarray(0, end)) && all.length - end <= MOST_HELD
    if (!isStill) return declared(all, isLast)
    held = all.subarray(end)
    return all.toString('utf8', 0, end)
  }
}

/**
 * How bytes are written that begin so: as a byte order mark says, else UTF-8, unless they are not and an XML
 * declaration says what they are.
 */
const decodeOf = (head: Buffer): Decode => {
  if (head[0] === 0xff && head[1] === 0xfe) return decodeAs('utf-16le')
  if (head[0] === 0xfe && head[1] === 0xff) return decodeAs('utf-16be')
  const declared = /^\s*<\?xml[^>]*\sencoding\s*=\s*["']([\w-]+)["']/.exec(head.toString('latin1', 0, HEAD))?.[1]
  return declared !== undefined && isKnown(declared) ? decodeDeclared(declared) : decodeAs('utf-8')
}

/** `take` gets the text, without a byte order mark. */
export const createDecoder = (take: (text: string) => void): Decoder => {
  let head: Buffer = Buffer.alloc(0)
  let decode: Decode | null = null
  const give = (bytes: Buffer, isLast: boolean) => {
    decode ??= decodeOf(bytes)
    const text = decode(bytes, isLast)
    if (text !== '') take(text)
  }
  return {
    write: (bytes) => {
      if (decode) return give(bytes, false)
      head = Buffer.concat([head, bytes])
      if (head.length >= HEAD) give(head, false)
    },
    end: () => give(decode ? Buffer.alloc(0) : head, true),
  }
}
