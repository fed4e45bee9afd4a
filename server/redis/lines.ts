import type { Redis } from 'ioredis'
import type { Faults } from '../faults.ts'
import type { Deployment } from './deployment.ts'
import { onMessages } from './messages.ts'

/**
 * A connection for subscriptions to one primary, and the channels that were subscribed on it since it was last
 * connected.
 */
export type Line = {
  place: string
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

  const open = (place: string): void => {
    const redis = deployment.line(place)
    const line: Line = { place, redis, held: new Set(), opened: Promise.resolve() }
    lines.set(place, line)
    const ready = (): void => events.ready(line)
    const gone = (): void => {
      drop(line)
      if (lines.get(place) === line) events.gone(line)
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
    lines.delete(line.place)
    drop(line)
    line.redis.disconnect()
  }

  return {
    at: (place: string | undefined): Line | undefined => (place === undefined ? undefined : lines.get(place)),
    all: (): Line[] => [...lines.values()],
    /**
     * Opens lines to primaries that are new, and ends those to others; but one that holds something stays: who said
     * this may know less than the primary itself, which would have let its channels go.
     */
    follow: (places: readonly string[]): void => {
      for (const line of lines.values())
        if (!places.includes(line.place) && (line.held.size === 0 || line.redis.status !== 'ready')) close(line)
      for (const place of places) if (!lines.has(place)) open(place)
    },
    close: (): void => {
      for (const line of lines.values()) close(line)
    },
  }
}
