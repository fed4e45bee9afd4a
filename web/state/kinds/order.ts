import type { OrderSnapshot } from '../../../wire/commands.ts'
import type { Orders } from '../orders.ts'
import { isWithheld } from '../refusal.ts'
import type { KindStore } from './kind-store.ts'

/** One command to many devices: how far each of them is. */
export const orderStore = ({ orders }: { orders: Orders }): KindStore<OrderSnapshot> => ({
  snapshot: (id, snapshot) => orders.snapshot(id, snapshot),
  update: (id, update) => orders.update(id, update),
  // A replay or a snapshot follows, and has what was missed.
  gap: () => {},
  refused: (id, error) => orders.withhold(id, isWithheld(error) ? undefined : error.message),
})
