import { type ReadonlySignal, signal } from '@preact/signals'
import type { OrderSnapshot, OrderUpdate } from '../../wire/commands.ts'
import { foldOrder } from '../../wire/fold-commands.ts'
import { order } from '../../wire/kinds/order.ts'
import { NOT_SEEN } from './refusal.ts'

/** Orders that are remembered: those heard of last. */
const MOST = 50

/** The newest of these, one of them anew; without it where it is undefined. */
const withOne = <T>(all: ReadonlyMap<string, T>, id: string, one: T | undefined): ReadonlyMap<string, T> => {
  const others = [...all].filter(([other]) => other !== id)
  return new Map(one === undefined ? others : [...others.slice(1 - MOST), [id, one]])
}

/** Orders, by their ids, as far as they are watched or were. */
export const createOrders = () => {
  const orders = signal<ReadonlyMap<string, OrderSnapshot>>(new Map())
  const refused = signal<ReadonlyMap<string, string>>(new Map())
  const put = (id: string, state: OrderSnapshot): void => {
    orders.value = withOne(orders.value, id, state)
    refused.value = withOne(refused.value, id, undefined)
  }
  return {
    orders: orders as ReadonlySignal<ReadonlyMap<string, OrderSnapshot>>,
    /** Why nothing is told of some. */
    refused: refused as ReadonlySignal<ReadonlyMap<string, string>>,
    snapshot: put,
    update: (id: string, update: OrderUpdate): void => put(id, foldOrder(orders.value.get(id) ?? order.empty, update)),
    /** It may not be seen: nothing that was known of it stays. */
    withhold: (id: string, why = NOT_SEEN): void => {
      orders.value = withOne(orders.value, id, undefined)
      refused.value = withOne(refused.value, id, why)
    },
  }
}
export type Orders = ReturnType<typeof createOrders>
