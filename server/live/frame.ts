import { toBytes } from './bytes.ts'
import type { Message } from './message.ts'

// Where frames are joined: texts that are already JSON, behind the header of a WebSocket frame. The flusher says when.

/** A whole WebSocket text frame as bytes in a string (latin1): header and payload. */
export type Frame = string

/** The frame of an event and what it tells. */
export const eventFrame = (event: string, value: unknown): Frame => frameOfBytes(event, toBytes(value))

/** The same of JSON that is bytes in a string (latin1) already. */
export const frameOfBytes = (event: string, json: string): Frame => {
  const payload = `42["${event}",${json}]`
  return header(payload.length) + payload
}

/** The frame of the event that carries updates: their texts, joined as they came. */
export const updatesFrame = (messages: readonly Message[]): Frame => {
  let segments = messages[0]?.text ?? ''
  for (let i = 1; i < messages.length; i++) segments += `,${messages[i]?.text}`
  return frameOfBytes('updates', `[${segments}]`)
}

/** The letters of a header: they say how long the payload is. */
const headerLength = (frame: Frame): number => {
  const length = frame.charCodeAt(1)
  if (length < 126) return 2
  return length === 126 ? 4 : 10
}
/** `42`: an event. */
const TYPE = 2

/** The same frame for a client that joined another namespace than `/`. */
export const inNamespace = (frame: Frame, namespace: string): Frame => {
  const payload = headerLength(frame)
  const event = payload + TYPE
  const name = `${namespace},`
  return header(frame.length - payload + name.length) + frame.slice(payload, event) + name + frame.slice(event)
}

/** The header of an unmasked, final text frame. Source: RFC 6455, 5.2. */
const header = (length: number): string => {
  if (length < 126) return String.fromCharCode(0x81, length)
  if (length < 65_536) return String.fromCharCode(0x81, 126, length >> 8, length & 255)
  const high = Math.floor(length / 2 ** 32)
  return String.fromCharCode(
    0x81,
    127,
    ...[high, length % 2 ** 32].flatMap((word) => [
      (word >>> 24) & 255,
      (word >>> 16) & 255,
      (word >>> 8) & 255,
      word & 255,
    ]),
  )
}
