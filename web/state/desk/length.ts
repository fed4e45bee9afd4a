import { MOST_MESSAGE_BYTES } from '../../../wire/rooms.ts'

const encoder = new TextEncoder()
/** From so many bytes on it is told how many there are. */
const TOLD_FROM = 3_500

/** A text as the node takes it, and what is told of its length; `over`: it is too long to be sent. */
export const lengthOf = (text: string): { over: boolean; told: string | null } => {
  // What has fewer letters than a fifth of that is short in any case.
  if (text.length * 5 < TOLD_FROM) return { over: false, told: null }
  const bytes = encoder.encode(text.normalize('NFC')).length
  const over = bytes > MOST_MESSAGE_BYTES
  if (over) return { over, told: `Too long by ${(bytes - MOST_MESSAGE_BYTES).toLocaleString('en-US')} bytes` }
  const most = MOST_MESSAGE_BYTES.toLocaleString('en-US')
  return { over, told: bytes < TOLD_FROM ? null : `${bytes.toLocaleString('en-US')} of ${most} bytes` }
}
