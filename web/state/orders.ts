import { type ReadonlySignal, signal } from '@preact/signals'
import type { OrderSnapshot, OrderUpdate } from '../../wire/commands.ts'
import { foldOrder } from '../../wire/fold-commands.ts'
import { order } from '../../wire/kinds/order.ts'
import type { WireError } from '../../wire/protocol.ts'
import { isWithheld, NOT_SEEN } from './refusal.ts'

/** Orders that are remembered: those heard of last. */
const MOST = 50

/** As far as it is known; `refused`: why nothing is told of it. */
export type KnownOrder = OrderSnapshot & { refused: string | null }

/** Orders, by their ids, as far as they are watched or were. */
export const createOrders = () => {
  const orders = signal<ReadonlyMap<string, KnownOrder>>(new Map())
  const put = (id: string, state: OrderSnapshot, refused: string | null = null): void => {
    const others = [...orders.value].filter(([other]) => other !== id).slice(1 - MOST)
    orders.value = new Map([...others, [id, { ...state, refused }]])
  }
  return {
    orders: orders as ReadonlySignal<ReadonlyMap<string, KnownOrder>>,
    snapshot: (id: string, state: OrderSnapshot): void => put(id, state),
    update: (id: string, update: OrderUpdate): void =>
      put(id, foldOrder(orders.value.get(id) ?? order.empty, update)),
    /** Nothing that was known of it stays. */
    refuse: (id: string, error: WireError): void =>
      put(id, order.empty, isWithheld(error) ? NOT_SEEN : error.message),
  }
}
export type Orders = ReturnType<typeof createOrders>
