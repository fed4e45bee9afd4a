import type { OrderCounts } from '../../../../wire/commands.ts'
import { type Standing, standingsOf } from '../../../state/commands/progress.ts'

type Props = { counts: OrderCounts; chosen: Standing | null; onChoose: (standing: Standing | null) => void }

/** How many stand how: each figure opens the list of those devices, and closes it. */
export const Standings = ({ counts, chosen, onChoose }: Props) => (
  <ul class="standings" aria-label="Devices by state">
    {standingsOf(counts).map(({ name, title, count }) => (
      <li key={name}>
        <button
          type="button"
          data-standing={name}
          data-count={count}
          aria-pressed={chosen === name}
          disabled={count === 0 && chosen !== name}
          onClick={() => onChoose(chosen === name ? null : name)}
        >
          <b>{count.toLocaleString('en-US')}</b> <span>{title}</span>
        </button>
      </li>
    ))}
  </ul>
)
