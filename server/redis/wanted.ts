import { asBytes } from '../live/bytes.ts'
import type { Line } from './lines.ts'

export type Hear = (text: string) => void

export type Wanted = ReturnType<typeof createWanted>

/** The channels that a node wants: who hears each, and on which line it is held. Redis is told by subscriber.ts. */
export const createWanted = () => {
  const wanted = new Map<string, Hear>()
  /** The same by the channel's bytes, as messages come. */
  const hearing = new Map<string, Hear>()
  const holder = new Map<string, Line>()
  /** Wanted and not held any more: what is published on them meanwhile is lost. */
  const lost = new Set<string>()

  const loseOne = (line: Line, channel: string): void => {
    line.held.delete(channel)
    if (holder.get(channel) !== line) return
    holder.delete(channel)
    if (wanted.has(channel)) lost.add(channel)
  }

  return {
    add: (channel: string, hear: Hear): void => {
      wanted.set(channel, hear)
      hearing.set(asBytes(channel), hear)
    },
    /** Returns false where somebody else wants the channel by now: it stays. */
    end: (channel: string, hear: Hear): boolean => {
      if (wanted.get(channel) !== hear) return false
      wanted.delete(channel)
      hearing.delete(asBytes(channel))
      lost.delete(channel)
      return true
    },
    /** Hands a message to whoever wants its channel. Both are bytes in strings (latin1). */
    message: (bytes: string, text: string): void => hearing.get(bytes)?.(text),
    holder: (channel: string): Line | undefined => holder.get(channel),
    hold: (line: Line, channels: readonly string[]): void => {
      for (const channel of channels) {
        line.held.add(channel)
        holder.set(channel, line)
      }
    },
    /** A line does not hold these any more. */
    lose: (line: Line, channels: Iterable<string>): void => {
      for (const channel of channels) loseOne(line, channel)
    },
    /** These are subscribed. Returns those of them that had been lost before. */
    regain: (channels: readonly string[]): string[] => channels.filter((channel) => lost.delete(channel)),
    /** What is wanted and held by no line. */
    missing: (): string[] => [...wanted.keys()].filter((channel) => !holder.has(channel)),
  }
}
