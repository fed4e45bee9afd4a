import type { Registry } from 'prom-client'
import { type Count, ENDINGS, type Event } from '../live/events.ts'
import { type Slot, slot, slots } from './slots.ts'

/** What has a counter of its own; the others are counted by reason. */
type Plain = Exclude<Event, `gap_${string}` | `ended_${string}`>

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
  renewed: ['watchfloor_renewals_total', 'Times that a connected client renewed what lets it in'],
  withdrawn: [
    'watchfloor_withdrawals_total',
    'Times that a client lost topics that it watched, because it may no longer watch them',
  ],
} as const satisfies Record<Plain, readonly [name: string, help: string]>

const REASONS = ['lost', 'epoch', 'slow'] as const

/** Counts what happens in the live core. */
export const countEvents = (registry: Registry): Count => {
  const plain = eachOf(COUNTERS, ([name, help]) => slot(registry, { name, help }))
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
  // Complete by type: an event that nothing counts does not compile.
  const counts: Record<Event, Slot> = { ...plain, ...prefixed('gap', gaps), ...prefixed('ended', ended) }
  return (event) => {
    counts[event].n++
  }
}

const eachOf = <K extends string, T>(table: Record<K, T>, make: (value: T) => Slot): Record<K, Slot> =>
  Object.fromEntries(Object.entries<T>(table).map(([key, value]) => [key, make(value)])) as Record<K, Slot>

const prefixed = <P extends string, K extends string>(prefix: P, table: Record<K, Slot>): Record<`${P}_${K}`, Slot> =>
  Object.fromEntries(Object.entries(table).map(([key, value]) => [`${prefix}_${key}`, value])) as Record<
    `${P}_${K}`,
    Slot
  >
