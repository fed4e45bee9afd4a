import { Histogram, type Registry } from 'prom-client'
import type { Sent } from '../live/sent.ts'
import { publishedAt } from './delay.ts'
import { readAtScrape } from './slots.ts'

/** A flush: the time that it took (ms), and the update in it that had waited longest, where there was one. */
export type Flushed = (took: number, oldest?: { text: string }) => void

const FLUSH_S = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25]
const DELAY_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/**
 * Measures flushes. Of each, one update is timed from its publishing, so that what many clients are sent costs no more.
 */
export const measureFlushes = (registry: Registry, sent: Sent, now: () => number): Flushed => {
  const counters = [
    ['watchfloor_frames_total', 'Frames written to clients', () => sent.frames],
    ['watchfloor_deliveries_total', 'Updates handed to clients, each once for every client', () => sent.deliveries],
    ['watchfloor_sent_bytes_total', 'Bytes of the frames written to clients', () => sent.bytes],
  ] as const
  for (const [name, help, read] of counters) readAtScrape(registry, { name, help }, read)
  const flush = new Histogram({
    name: 'watchfloor_flush_seconds',
    help: 'How long a flush to all clients took',
    buckets: FLUSH_S,
    registers: [registry],
  })
  const delay = new Histogram({
    name: 'watchfloor_delay_seconds',
    help: 'Time from Redis publishing an update, by its clock, to the end of the flush that sent it; the oldest of each flush',
    buckets: DELAY_S,
    registers: [registry],
  })
  return (took, oldest) => {
    flush.observe(took / 1000)
    const at = oldest ? publishedAt(oldest.text) : null
    if (at !== null) delay.observe(Math.max(now() - at, 0) / 1000)
  }
}
