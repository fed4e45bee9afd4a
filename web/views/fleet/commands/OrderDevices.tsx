import type { OrderEntry } from '../../../../wire/commands.ts'
import { moodOf, stateInWords } from '../../../state/commands/words.ts'
import { formatAgo } from '../../../state/format.ts'
import { useFloor } from '../../shared/floor-context.ts'

/** Devices of an order, each with what became of it. One opens the device. */
export const OrderDevices = ({ label, entries }: { label: string; entries: readonly OrderEntry[] }) => {
  const { go, aims, link, narrow, now } = useFloor()
  void link.silentFor.value
  const serverNow = link.clock.serverTime(now())
  return (
    <ul class="order-devices" aria-label={label}>
      {entries.map((entry) => (
        <li key={entry.device} data-of-order={entry.device} data-state={entry.state} data-mood={moodOf(entry.state)}>
          <button
            type="button"
            class="link"
            title={`Open ${entry.device}`}
            onClick={() => {
              // A phone has room for one of the two; the order is found again under Orders.
              go({ device: entry.device, ...(narrow.peek() && { order: undefined }) })
              aims.map.value = { device: entry.device }
            }}
          >
            {entry.device}
          </button>
          <span class="became">{stateInWords(entry)}</span>
          <time dateTime={new Date(entry.at).toISOString()}>{formatAgo(Math.max(0, serverNow - entry.at))}</time>
        </li>
      ))}
    </ul>
  )
}
