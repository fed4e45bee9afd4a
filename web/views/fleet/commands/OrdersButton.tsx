import { useEffect } from 'preact/hooks'
import { formatWhen } from '../../../state/when.ts'
import { useFloor } from '../../shared/floor-context.ts'
import { usePopover } from '../../shared/use-popover.ts'
import { useCommanding } from './commanding-context.ts'
import { useMayAsk } from './use-offered.ts'

const Recent = ({ onOpen }: { onOpen: (order: string) => void }) => {
  const { recent, kinds } = useCommanding()
  const { place, now } = useFloor()
  const orders = recent.orders.value
  useEffect(() => kinds.need(), [kinds])
  if (orders.length === 0) return <p class="none">None yet. What you ask of several devices at once is listed here.</p>
  return (
    <ul aria-label="Your recent orders">
      {orders.map(({ id, kind, to, devices, t }) => (
        <li key={id}>
          <button
            type="button"
            data-recent={id}
            aria-current={place.value.order === id ? 'true' : undefined}
            onClick={() => onOpen(id)}
          >
            <b>{kinds.titleOf(kind)}</b> <span>{to.startsWith('the ') ? `${to} (${devices})` : to}</span>
            <time dateTime={new Date(t).toISOString()}>{formatWhen(t, now())}</time>
          </button>
        </li>
      ))}
    </ul>
  )
}

/** Orders that were given here, and a new one to a whole group. */
export const OrdersButton = () => {
  const { groups } = useFloor()
  const { openOrder, askMany, recent } = useCommanding()
  const may = useMayAsk({ group: '' })
  const { open, root, toggle } = usePopover()
  if (!may('command')) return null
  const close = (): void => {
    open.value = false
  }
  const count = recent.orders.value.length
  return (
    <div class="groups orders" ref={root}>
      <button type="button" class="chip" aria-expanded={open.value} onClick={toggle}>
        Orders {count > 0 && <b>{count}</b>}
      </button>
      {open.value && (
        <div class="order-list">
          <h2>Ask a whole group</h2>
          <ul aria-label="Groups">
            {groups.all.value.map(({ name }) => (
              <li key={name}>
                <button
                  type="button"
                  data-ask-group={name}
                  onClick={() => {
                    askMany({ to: { group: name } })
                    close()
                  }}
                >
                  <b>{name}</b> <span>Command…</span>
                </button>
              </li>
            ))}
          </ul>
          <h2>Your recent orders</h2>
          <Recent
            onOpen={(order) => {
              askMany(null)
              openOrder(order)
              close()
            }}
          />
        </div>
      )}
    </div>
  )
}
