import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Count } from './live/ports.ts'

export type Metrics = {
  count: Count
  flushTook: (ms: number) => void
  /** Prometheus's text of all figures. */
  text: () => Promise<string>
}

/** What a node tells of itself. `gauges` are asked at every scrape. */
export const createMetrics = (gauges: Record<'clients' | 'topics' | 'watches' | 'redis_up', () => number>): Metrics => {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  for (const [name, read] of Object.entries(gauges))
    new Gauge({
      name: `watchfloor_${name}`,
      help: name.replace('_', ' '),
      registers: [registry],
      collect() {
        this.set(read())
      },
    })
  // Counted as plain numbers: these are on the way of every update.
  const counts = new Map<string, number>()
  new Counter({
    name: 'watchfloor_events_total',
    help: 'What happened in the live core: updates taken in, repeats dropped, gaps told, replays, resyncs, slow clients',
    labelNames: ['event'],
    registers: [registry],
    collect() {
      this.reset()
      for (const [event, count] of counts) this.inc({ event }, count)
    },
  })
  const flush = new Histogram({
    name: 'watchfloor_flush_seconds',
    help: 'How long a flush to all clients took',
    buckets: [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1],
    registers: [registry],
  })
  return {
    count: (event) => counts.set(event, (counts.get(event) ?? 0) + 1),
    flushTook: (ms) => flush.observe(ms / 1000),
    text: () => registry.metrics(),
  }
}
