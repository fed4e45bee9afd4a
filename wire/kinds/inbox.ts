import type { InboxItem, InboxSnapshot, InboxUpdate } from '../rooms.ts'
import type { Kind } from './kind.ts'

const empty: InboxSnapshot = { count: 0, items: [], read: {} }

const conflateInbox = (updates: readonly InboxUpdate[]): InboxUpdate => {
  const items = new Map<number, InboxItem>()
  let read: Record<string, number> = {}
  for (const update of updates) {
    for (const item of update.items ?? []) items.set(item.n, item)
    read = { ...read, ...update.read }
  }
  return {
    ...(items.size > 0 && { items: [...items.values()].sort((a, b) => a.n - b.n) }),
    ...(Object.keys(read).length > 0 && { read }),
  }
}

/** What one person must know, and what they have read: `i:ann`. Nobody else may watch it. */
export const inbox = {
  letter: 'i',
  id: 'name',
  parts: ['log', 'items', 'told', 'read'],
  empty,
  conflate: conflateInbox,
  byName: true,
  missing: null,
} as const satisfies Kind
