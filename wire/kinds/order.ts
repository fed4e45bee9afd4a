import type { OrderEntry, OrderSnapshot, OrderUpdate } from '../commands.ts'
import type { Kind } from './kind.ts'

const empty: OrderSnapshot = { order: null, counts: {}, failures: [] }

/** The order and the counts as they are last, and what became of each device last. */
const conflateOrder = (updates: readonly OrderUpdate[]): OrderUpdate => {
  const entries = new Map<string, OrderEntry>()
  for (const update of updates) for (const entry of update.entries ?? []) entries.set(entry.device, entry)
  const asked = updates.findLast((update) => update.order)?.order
  const counts = updates.findLast((update) => update.counts)?.counts
  return {
    ...(asked && { order: asked }),
    ...(counts && { counts }),
    ...(entries.size > 0 && { entries: [...entries.values()] }),
  }
}

/** One command to many devices, by whoever asked for it: `o:ann.k3j2`. */
export const order = {
  letter: 'o',
  id: 'name',
  parts: ['log', 'devices', 'ids', 'failures'],
  empty,
  conflate: conflateOrder,
  byName: true,
  missing: null,
} as const satisfies Kind
