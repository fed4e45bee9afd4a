import type { Entry } from '../../state/entry.ts'
import { AddIcon } from '../shared/icons.tsx'

/** Found symbols that are not in the watchlist. */
export const Others = ({ entries, onAdd }: { entries: readonly Entry[]; onAdd: (symbol: string) => void }) => (
  <tbody>
    <tr class="section">
      <td colSpan={9}>Not in your watchlist: click to add</td>
    </tr>
    {entries.map(({ symbol, name }) => (
      <tr key={symbol} data-other={symbol} tabIndex={-1} onClick={() => onAdd(symbol)}>
        <td class="symbol" colSpan={8}>
          <div class="names">
            <div>
              <b>{symbol}</b>
            </div>
            <span>{name}</span>
          </div>
        </td>
        <td class="remove">
          <button
            type="button"
            class="icon-button"
            style={{ opacity: 1 }}
            aria-label={`Add ${symbol} to the watchlist`}
          >
            <AddIcon />
          </button>
        </td>
      </tr>
    ))}
  </tbody>
)
