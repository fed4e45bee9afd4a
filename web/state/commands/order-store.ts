import { type ReadonlySignal, signal } from '@preact/signals'
import type { Order, OrderCounts, OrderEntry, OrderSnapshot, OrderUpdate } from '../../../wire/commands.ts'
import type { WireError } from '../../../wire/protocol.ts'
import { NOT_SEEN, isWithheld } from '../refusal.ts'
import { moodOf } from './words.ts'

/**
 * The order that is looked at. `gone`: there is none of this id, or no longer. `failures`: those that went wrong, the
 * newest last; `entries`: what was told of each device since it was opened.
 */
export type ShownOrder = {
  id: string
  phase: 'loading' | 'ready' | 'gone' | 'refused'
  error: string | null
  order: Order | null
  counts: OrderCounts
  failures: readonly OrderEntry[]
  entries: ReadonlyMap<string, OrderEntry>
}

/** Failures that are kept at hand; all of them are read by page. */
const MOST_FAILURES = 200
const MOST_ENTRIES = 5_000

const withFailures = (known: readonly OrderEntry[], entries: readonly OrderEntry[]): OrderEntry[] => {
  const all = new Map(known.map((entry) => [entry.device, entry]))
  for (const entry of entries) {
    all.delete(entry.device)
    if (moodOf(entry.state) === 'bad') all.set(entry.device, entry)
  }
  return [...all.values()].slice(-MOST_FAILURES)
}

const withEntries = (known: ReadonlyMap<string, OrderEntry>, entries: readonly OrderEntry[]) =>
  new Map([...[...known].slice(-MOST_ENTRIES), ...entries.map((entry) => [entry.device, entry] as const)])

const unread = (id: string): ShownOrder => ({
  ...{ id, phase: 'loading', error: null, order: null, counts: {} },
  ...{ failures: [], entries: new Map() },
})

/** The order that is on the screen, live. */
export const createOrderStore = () => {
  const shown = signal<ShownOrder | null>(null)
  const change = (id: string, part: (now: ShownOrder) => Partial<ShownOrder>): void => {
    const now = shown.peek()
    if (now?.id === id) shown.value = { ...now, ...part(now) }
  }
  return {
    shown: shown as ReadonlySignal<ShownOrder | null>,
    open: (id: string | null): void => {
      if (id !== (shown.peek()?.id ?? null)) shown.value = id === null ? null : unread(id)
    },
    snapshot: (id: string, { order, counts, failures }: OrderSnapshot): void =>
      change(id, () => ({ phase: order === null ? 'gone' : 'ready', error: null, order, counts, failures })),
    update: (id: string, { order, counts, entries = [] }: OrderUpdate): void =>
      change(id, (now) => ({
        ...(order && { order, phase: 'ready' as const }),
        ...(counts && { counts }),
        failures: withFailures(now.failures, entries),
        entries: withEntries(now.entries, entries),
      })),
    refuse: (id: string, error: WireError): void =>
      change(id, () => ({ ...unread(id), phase: 'refused', error: isWithheld(error) ? NOT_SEEN : error.message })),
  }
}
export type OrderStore = ReturnType<typeof createOrderStore>
