import { type Frame, updatesFrame } from './frame.ts'
import type { Message } from './message.ts'

/** Makes the frame of messages; the same messages make the same frame, once a flush. */
export type FrameOf = (messages: readonly Message[]) => Frame

/** Frames that begin with the same message, and are kept. */
const MOST_ALIKE = 4

/** Frames by the messages in them: clients that watch the same set share the whole frame of a flush. */
export const frameCache = (): FrameOf => {
  const frames = new Map<Message, { messages: readonly Message[]; frame: Frame }[]>()
  return (messages) => {
    const [first] = messages
    if (first === undefined) return ''
    const alike = frames.get(first) ?? []
    for (const made of alike) if (same(made.messages, messages)) return made.frame
    const frame = updatesFrame(messages)
    if (alike.length < MOST_ALIKE) alike.push({ messages, frame })
    if (alike.length === 1) frames.set(first, alike)
    return frame
  }
}

const same = (a: readonly Message[], b: readonly Message[]): boolean => {
  if (a.length !== b.length) return false
  for (let i = a.length - 1; i > 0; i--) if (a[i] !== b[i]) return false
  return true
}
