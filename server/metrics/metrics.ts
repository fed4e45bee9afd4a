import { Registry } from 'prom-client'
import { type Count, nothingSent, type Sent } from '../live/ports.ts'
import { countEvents } from './events.ts'
import { type Flushed, measureFlushes } from './flushes.ts'
import { readGauges, type Sources } from './gauges.ts'
import { countHttp } from './http.ts'
import { countRequests } from './requests.ts'
import { slot } from './slots.ts'

export type Metrics = ReturnType<typeof countRequests> &
  ReturnType<typeof countHttp> & {
    count: Count
    /** To be counted up by whoever writes frames. */
    sent: Sent
    flushed: Flushed
    /** Redis was lost. */
    outage: () => void
    /** Something in Redis could not be read, and was left out. */
    unreadable: () => void
    /** Prometheus's text of all figures. */
    text: () => Promise<string>
  }

/**
 * What a node tells of itself. No label has the name of a symbol, a device or a client: the number of series is the same however
 * much is watched. All of them, and what to do when they move: docs/operations.md.
 */
export const createMetrics = (sources: Sources, now: () => number): Metrics => {
  const registry = new Registry()
  const sent = nothingSent()
  readGauges(registry, sources)
  const outages = slot(registry, { name: 'watchfloor_redis_outages_total', help: 'Times that Redis was lost' })
  const unreadable = slot(registry, {
    name: 'watchfloor_unreadable_total',
    help: 'Times that something in Redis was left out because the function library writes nothing like it',
  })
  return {
    ...countRequests(registry),
    ...countHttp(registry),
    count: countEvents(registry),
    sent,
    flushed: measureFlushes(registry, sent, now),
    outage: () => {
      outages.n++
    },
    unreadable: () => {
      unreadable.n++
    },
    text: () => registry.metrics(),
  }
}
