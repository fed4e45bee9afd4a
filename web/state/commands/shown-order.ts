import type { Order, OrderSnapshot } from '../../../wire/commands.ts'
import { order as kind } from '../../../wire/kinds/order.ts'
import type { KnownOrder } from '../orders.ts'

/** The order that is looked at. `gone`: there is none of this id, or no longer. */
export type ShownOrder = Pick<OrderSnapshot, 'counts' | 'failures'> & {
  id: string
  phase: 'loading' | 'ready' | 'gone' | 'refused'
  error: string | null
  order: Order | null
}

const phaseOf = ({ refused, order }: KnownOrder): ShownOrder['phase'] =>
  refused === null ? (order === null ? 'gone' : 'ready') : 'refused'

/** An order as it is shown; undefined where nothing was told of it yet. */
export const showOrder = (id: string, known: KnownOrder | undefined): ShownOrder => {
  const { order, counts, failures } = known ?? kind.empty
  return { id, phase: known ? phaseOf(known) : 'loading', error: known?.refused ?? null, order, counts, failures }
}
