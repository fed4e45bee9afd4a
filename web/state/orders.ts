import { signal } from '@preact/signals'
import type { OrderSnapshot, OrderUpdate } from '../../wire/commands.ts'
import { foldOrder } from '../../wire/fold-commands.ts'
import { order } from '../../wire/kinds/order.ts'

/** Orders that are remembered: those heard of last. */
const MOST = 50

/** Orders, by their ids, as far as they are watched or were. */
export const createOrders = () => {
  const orders = signal<ReadonlyMap<string, OrderSnapshot>>(new Map())
  const put = (id: string, state: OrderSnapshot): void => {
    const others = [...orders.value].filter(([other]) => other !== id).slice(1 - MOST)
    orders.value = new Map([...others, [id, state]])
  }
  return {
    orders,
    snapshot: put,
    update: (id: string, update: OrderUpdate): void =>
      put(id, foldOrder(orders.value.get(id) ?? order.empty, update)),
    /** It may not be seen: nothing that was known of it stays. */
    withhold: (id: string): void => {
      orders.value = new Map([...orders.value].filter(([other]) => other !== id))
    },
  }
}
export type Orders = ReturnType<typeof createOrders>
