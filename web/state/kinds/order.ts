import type { OrderSnapshot } from '../../../wire/commands.ts'
import type { OrderStore } from '../commands/order-store.ts'
import type { KindStore } from './kind-store.ts'

/** An order: one command to many devices, and what became of it. */
export const orderStore = ({ orders }: { orders: OrderStore }): KindStore<OrderSnapshot> => ({
  snapshot: (id, snapshot) => orders.snapshot(id, snapshot),
  update: (id, update) => orders.update(id, update),
  // A replay or a snapshot follows, and has what was missed.
  gap: () => {},
  refused: (id, error) => orders.refuse(id, error),
})
