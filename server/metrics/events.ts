import type { Registry } from 'prom-client'
import { type Count, ENDINGS, type Event } from '../live/ports.ts'
import { slot, slots } from './slots.ts'

const COUNTERS = {
  update: ['watchfloor_updates_total', 'Updates that came from Redis, each counted once for this node'],
  repeat: ['watchfloor_repeats_total', 'Updates that came from Redis twice and were dropped'],
  malformed: ['watchfloor_malformed_total', 'Messages on a channel that were not updates and were dropped'],
  replay: ['watchfloor_replays_total', "Holes in a topic's updates that its log filled"],
  resync: ['watchfloor_resyncs_total', 'Topics that were read again in full because no log could fill a hole'],
  difference: [
    'watchfloor_differences_total',
    'Topics that were read again because a comparison with Redis found a difference',
  ],
  slow: [
    'watchfloor_slow_clients_total',
    'Times that a client fell so far behind that the node stopped sending it updates for a while',
  ],
  connected: ['watchfloor_connections_total', 'Clients that connected'],
  returned: [
    'watchfloor_returned_clients_total',
    'Clients that connected with a cursor, so they were connected to a node before',
  ],
} as const satisfies Partial<Record<Event, readonly [name: string, help: string]>>

const REASONS = ['lost', 'epoch', 'slow'] as const

/** Counts what happens in the live core. */
export const countEvents = (registry: Registry): Count => {
  const plain = Object.entries(COUNTERS).map(([event, [name, help]]) => [event, slot(registry, { name, help })])
  const gaps = slots(registry, {
    name: 'watchfloor_gaps_total',
    help: 'Gaps reported to clients: updates of a topic that a client will never get',
    label: 'reason',
    values: REASONS,
  })
  const ended = slots(registry, {
    name: 'watchfloor_terminated_clients_total',
    help: 'Client connections that this node ended, by reason',
    label: 'reason',
    values: ENDINGS,
  })
  const counts = {
    ...Object.fromEntries(plain),
    ...Object.fromEntries(REASONS.map((reason) => [`gap_${reason}`, gaps[reason]])),
    ...Object.fromEntries(ENDINGS.map((reason) => [`ended_${reason}`, ended[reason]])),
  } as Record<Event, { n: number }>
  return (event) => {
    counts[event].n++
  }
}
