import type { OrderCounts } from '../../../../wire/commands.ts'
import { standingsOf } from '../../../state/commands/progress.ts'

/** How an order's devices stand, as one bar. The figures beside it say the same. */
export const OrderBar = ({ counts, devices }: { counts: OrderCounts; devices: number }) => {
  const standings = standingsOf(counts).filter(({ count }) => count > 0)
  const words = standings.map(({ title, count }) => `${title} ${count}`).join(', ')
  return (
    <div class="order-bar" role="img" aria-label={`Of ${devices}: ${words || 'nothing yet'}`}>
      {standings.map(({ name, count }) => (
        <i key={name} data-standing={name} style={{ flexGrow: count }} />
      ))}
    </div>
  )
}
