import type { FrameWriter } from './frame-writer.ts'

/** Tells a client that takes nothing from one that takes little, from the moment that it is over its backlog. */
export type Stall = {
  /** Whether it has taken nothing at all for too long. */
  lasts: () => boolean
}

/** `limitMs`: how long is too long. */
export const createStall = (writer: FrameWriter, limitMs: number, now: () => number): Stall => {
  let since = now()
  let lastLeft = writer.left()
  return {
    lasts: () => {
      const left = writer.left()
      if (left < lastLeft) since = now()
      lastLeft = left
      return now() - since > limitMs
    },
  }
}
