import type { OrderEntry, OrderSnapshot, OrderUpdate } from '../commands.ts'
import type { Kind } from './kind.ts'

const empty: OrderSnapshot = { order: null, counts: {}, failures: [] }

/** The counts as they are last, and what became of each device last. */
const conflateOrder = (updates: readonly OrderUpdate[]): OrderUpdate => {
  const entries = new Map<string, OrderEntry>()
  let merged: OrderUpdate = {}
  for (const { entries: some = [], ...rest } of updates) {
    merged = { ...merged, ...rest }
    for (const entry of some) entries.set(entry.device, entry)
  }
  return { ...merged, ...(entries.size > 0 && { entries: [...entries.values()] }) }
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
