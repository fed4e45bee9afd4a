import type { Redis } from 'ioredis'
import type { Faults } from '../faults.ts'
import type { Deployment } from './deployment.ts'
import { onMessages } from './messages.ts'

/**
 * A connection for subscriptions to one primary, and the channels that were subscribed on it since it was last
 * connected.
 */
export type Line = {
  /** The name of the primary. */
  primary: string
  redis: Redis
  held: Set<string>
  /** The first try to connect. */
  opened: Promise<void>
}

export type LineEvents = {
  /** Both are bytes in strings (latin1). */
  message: (channel: string, text: string) => void
  /** Connected, for the first time or again: nothing is subscribed. */
  ready: (line: Line) => void
  /** These are not held any more: their line was lost, or is not needed any more. */
  lost: (line: Line, held: Set<string>) => void
  /** The connection is gone; it tries again by itself. */
  gone: (line: Line) => void
  /** The primary let channels go by itself, or sent us elsewhere: their slot moved. */
  moved: (line: Line) => void
}

export type Lines = ReturnType<typeof createLines>

/** One line to each primary that channels live on. */
export const createLines = (deployment: Deployment, faults: Faults, events: LineEvents) => {
  const lines = new Map<string, Line>()
  const kind = deployment.publish === 'SPUBLISH' ? 'smessage' : 'message'

  const drop = (line: Line): void => {
    const { held } = line
    line.held = new Set()
    events.lost(line, held)
  }

  const open = (primary: string): void => {
    const redis = deployment.line(primary)
    const line: Line = { primary, redis, held: new Set(), opened: Promise.resolve() }
    lines.set(primary, line)
    const ready = (): void => events.ready(line)
    const gone = (): void => {
      drop(line)
      if (lines.get(primary) === line) events.gone(line)
    }
    const moved = (): void => events.moved(line)
    onMessages(redis, kind, events.message, faults)
    redis.on('ready', faults.guard('redis.event', ready, ready))
    redis.on('close', faults.guard('redis.event', gone, gone))
    // ioredis says this when Redis answers SSUBSCRIBE with MOVED, and when Redis pushes an `sunsubscribe` of its own.
    redis.on('moved', faults.guard('redis.event', moved, moved))
    line.opened = redis.connect()
    line.opened.catch(() => {}) // it tries again by itself
  }

  const close = (line: Line): void => {
    lines.delete(line.primary)
    drop(line)
    line.redis.disconnect()
  }

  return {
    at: (primary: string | undefined): Line | undefined => (primary === undefined ? undefined : lines.get(primary)),
    all: (): Line[] => [...lines.values()],
    /**
     * Opens lines to primaries that are new, and ends those to others; but one that holds something stays: who said
     * this may know less than the primary itself, which would have let its channels go.
     */
    follow: (primaries: readonly string[]): void => {
      for (const line of lines.values())
        if (!primaries.includes(line.primary) && (line.held.size === 0 || line.redis.status !== 'ready')) close(line)
      for (const primary of primaries) if (!lines.has(primary)) open(primary)
    },
    close: (): void => {
      for (const line of lines.values()) close(line)
    },
  }
}
