import { useSignal } from '@preact/signals'
import type { CommandState, Order } from '../../../../wire/commands.ts'
import { collectDevices } from '../../../state/commands/order-rows.ts'
import { MOST_PICKED } from '../../../state/commands/picked.ts'
import { devicesInWords } from '../../../state/commands/words.ts'
import { useCommanding } from './commanding-context.ts'
import { useMayAsk } from './use-offered.ts'

type Props = {
  order: Order
  /** Those for which the same may be asked again, and how many they are. */
  states: readonly CommandState[]
  again: number
  waiting: number
}

const whomOf = (count: number): string => {
  if (count === 1) return 'this device'
  return count > MOST_PICKED ? `the first ${devicesInWords(MOST_PICKED)}` : `these ${devicesInWords(count)}`
}

/** What may be done with an order: asked again of those that failed, and cancelled where it was not sent yet. */
export const OrderActs = ({ order, states, again, waiting }: Props) => {
  const { calls, askMany, cancelOrder, errands } = useCommanding()
  const busy = useSignal(false)
  const trouble = useSignal<string | null>(null)
  const may = useMayAsk({ group: '' })
  const cancelling = errands.errands.value.find(({ about }) => about === `o:${order.id}`)
  const repeat = async (): Promise<void> => {
    busy.value = true
    const devices = await collectDevices(calls, order.id, states, MOST_PICKED)
    busy.value = false
    trouble.value = 'error' in devices ? devices.error.message : null
    if ('error' in devices || devices.length === 0) return
    const within = Math.max(1, Math.round((order.until - order.t) / 1000))
    askMany({ to: { devices }, first: { kind: order.kind, args: order.args, within } })
  }
  if (!may('command')) return null
  const what = cancelling?.error ?? trouble.value
  return (
    <>
      <div class="sheet-actions">
        {again > 0 && (
          <button type="button" class="button" disabled={busy.value} onClick={() => void repeat()}>
            {busy.value ? 'Reading which…' : `Repeat for ${whomOf(again)}`}
          </button>
        )}
        {waiting > 0 && (
          <button
            type="button"
            class="button"
            disabled={cancelling !== undefined && cancelling.phase !== 'refused'}
            onClick={() => cancelOrder(order.id)}
          >
            {cancelling === undefined || cancelling.phase === 'refused'
              ? `Cancel for ${devicesInWords(waiting)} not reached yet`
              : 'Cancelling…'}
          </button>
        )}
      </div>
      {what !== null && what !== undefined && (
        <p class="trouble" role="alert">
          {what}
        </p>
      )}
    </>
  )
}
