import type { Order, OrderSnapshot } from '../../../wire/commands.ts'
import { order as kind } from '../../../wire/kinds/order.ts'
import type { Orders } from '../orders.ts'

/** The order that is looked at. `gone`: there is none of this id, or no longer. */
export type ShownOrder = Pick<OrderSnapshot, 'counts' | 'failures'> & {
  id: string
  phase: 'loading' | 'ready' | 'gone' | 'refused'
  error: string | null
  order: Order | null
}

/** An order as it is shown. */
export const showOrder = ({ orders, refused }: Pick<Orders, 'orders' | 'refused'>, id: string): ShownOrder => {
  const known = orders.value.get(id)
  const error = refused.value.get(id) ?? null
  const { order, counts, failures } = known ?? kind.empty
  const phase = error !== null ? 'refused' : known === undefined ? 'loading' : order === null ? 'gone' : 'ready'
  return { id, phase, error, order, counts, failures }
}
