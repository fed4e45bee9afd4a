import { isUtf8 } from 'node:buffer'
import type { Redis } from 'ioredis'
import { connectAnew } from '../../redis/connect-anew.ts'
import type { Faults } from '../faults.ts'
import { MOST_BYTES } from '../texts.ts'

export type OnMessage = (channel: string, text: string) => void

/**
 * Calls `hear` with every message of a subscriber's connection; channel and text are bytes in strings (latin1). They
 * are most of what a node reads, and each would be decoded by ioredis at many times the cost: they are taken out of the
 * stream before it, which gets all other replies as they came. `ioredis` installs its one reader of the stream before
 * it says `connect`; where there is not just one, or something comes that is not RESP3, messages are left to it. Held
 * by test/integration/messages.test.ts.
 * A text that is not UTF-8 is passed on as an empty one: a frame that holds it would end the connection of every
 * browser that gets it. So is one that is longer than any update, and nothing of it is kept.
 */
export const onMessages = (redis: Redis, kind: 'message' | 'smessage', hear: OnMessage, faults: Faults): void => {
  /** What was lost with it is read once all is subscribed anew. */
  const anew = (): void => connectAnew(redis)
  const takeOut = (): void => {
    const { stream } = redis
    const [decode, ...others] = stream.listeners('data') as ((chunk: Buffer) => void)[]
    if (!decode || others.length > 0) return
    stream.off('data', decode)
    stream.on('data', faults.guard('redis.bytes', messageReader(kind, hear, decode), anew))
  }
  const take = (channel: Buffer, text: Buffer): void =>
    hear(channel.toString('latin1'), isUtf8(text) ? text.toString('latin1') : '')
  redis.on('connect', faults.guard('redis.event', takeOut))
  redis.on(`${kind}Buffer`, faults.guard('redis.bytes', take, anew))
}

/**
 * Reads a stream of RESP3 replies, in whatever pieces it comes: messages go to `hear`, the bytes of everything else to
 * `others`, in order.
 */
export const messageReader = (
  kind: string,
  hear: OnMessage,
  others: (chunk: Buffer) => void,
): ((chunk: Buffer) => void) => {
  const head = Buffer.from(`>3\r\n$${kind.length}\r\n${kind}\r\n$`)
  let begun: Buffer | null = null
  let strange = false
  /** Bytes of a text that are still to come, and are thrown away. */
  let skipped = 0
  /** Whether all that is at hand is UTF-8. It nearly always is, and to look at it whole costs 2 to 27 ns a message. */
  let clean = true

  /** Takes the message that begins there. Returns where it ends, or INCOMPLETE. */
  const take = (bytes: Buffer, start: number): number => {
    const channelLine = start + head.length
    const channel = afterLine(bytes, channelLine)
    if (channel < 0) return INCOMPLETE
    const channelEnd = channel + numberAt(bytes, channelLine)
    const text = afterLine(bytes, channelEnd + 3)
    if (text < 0) return INCOMPLETE
    const textEnd = text + numberAt(bytes, channelEnd + 3)
    const isLong = textEnd - text > MOST_BYTES
    if (textEnd + 2 > bytes.length && !isLong) return INCOMPLETE
    const isText = !isLong && (clean || isUtf8(bytes.subarray(text, textEnd)))
    hear(bytes.toString('latin1', channel, channelEnd), isText ? bytes.toString('latin1', text, textEnd) : '')
    skipped = Math.max(textEnd + 2 - bytes.length, 0)
    return textEnd + 2 - skipped
  }

  return (chunk) => {
    if (strange) return others(chunk)
    const wanted = chunk.subarray(skipped)
    skipped = Math.max(skipped - chunk.length, 0)
    const bytes = begun ? Buffer.concat([begun, wanted]) : wanted
    begun = null
    clean = isUtf8(bytes)
    let at = 0
    let othersFrom = 0
    const passOn = (): void => {
      if (othersFrom < at) others(bytes.subarray(othersFrom, at))
      othersFrom = at
    }
    while (at < bytes.length) {
      const isMessage = startsWith(bytes, at, head)
      if (isMessage) passOn()
      const end = isMessage ? take(bytes, at) : afterReply(bytes, at)
      if (end === INCOMPLETE) begun = bytes.subarray(at)
      strange = end === STRANGE
      if (end < 0) break
      at = end
      if (isMessage) othersFrom = at
    }
    if (strange) at = bytes.length
    passOn()
  }
}

const INCOMPLETE = -1
const STRANGE = -2

const startsWith = (bytes: Buffer, at: number, head: Buffer): boolean => {
  for (let i = 0; i < head.length; i++) if (bytes[at + i] !== head[i]) return false
  return true
}

const CR = 13

/** Where the line that begins there is over; INCOMPLETE where it is not. */
const afterLine = (bytes: Buffer, at: number): number => {
  for (let i = at; i < bytes.length - 1; i++) if (bytes[i] === CR) return i + 2
  return INCOMPLETE
}

/** The whole number, not negative, that begins there and ends with its line. */
const numberAt = (bytes: Buffer, at: number): number => {
  let number = 0
  for (let i = at; bytes[i] !== CR; i++) number = number * 10 + (bytes[i] as number) - 48
  return number
}

/** Where the reply that begins there ends; INCOMPLETE, or STRANGE where it is none. Source: the RESP3 specification. */
const afterReply = (bytes: Buffer, at: number): number => {
  const line = afterLine(bytes, at)
  if (line < 0) return INCOMPLETE
  const type = String.fromCharCode(bytes[at] as number)
  if ('+-:_,#('.includes(type)) return line
  const count = bytes[at + 1] === MINUS ? null : numberAt(bytes, at + 1)
  if ('$=!'.includes(type)) {
    const end = count === null ? line : line + count + 2
    return end > bytes.length ? INCOMPLETE : end
  }
  if ('*~>'.includes(type)) return afterReplies(bytes, line, count ?? 0)
  return '%|'.includes(type) ? afterReplies(bytes, line, 2 * (count ?? 0)) : STRANGE
}

const MINUS = 45

const afterReplies = (bytes: Buffer, at: number, count: number): number => {
  let end = at
  for (let i = 0; i < count && end >= 0; i++) end = end < bytes.length ? afterReply(bytes, end) : INCOMPLETE
  return end
}
