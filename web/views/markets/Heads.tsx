import type { Figure, Widths } from '../../state/columns.ts'
import { type Column, nextSort, type Sort } from '../../state/watchlist.ts'
import { useFloor } from '../shared/floor-context.ts'
import type { Ruler } from './use-columns.ts'

type Head = { column: Column | null; label: string; name: string; title: string }
const CHANGE = 'Change since the previous close, or since today’s open if there is none'
const HEADS: readonly Head[] = [
  { column: 'symbol', label: 'Symbol', name: 'symbol', title: 'Symbol' },
  { column: null, label: '1 hour', name: 'spark', title: 'The last hour' },
  { column: 'last', label: 'Last', name: 'last', title: 'Last trade' },
  { column: 'change', label: 'Chg', name: 'change', title: CHANGE },
  { column: 'share', label: 'Chg %', name: 'share', title: 'The same change in per cent' },
  { column: 'bid', label: 'Bid', name: 'bid', title: 'Best bid' },
  { column: 'ask', label: 'Ask', name: 'ask', title: 'Best ask' },
  { column: 'volume', label: 'Vol', name: 'volume', title: 'Today’s volume (UTC day)' },
]

/** The width of a column: that of its widest figure; others have theirs in the style sheet. */
const widthOf = (name: string, widths: Widths): { width: string } | undefined =>
  name in widths ? { width: `${widths[name as Figure]}px` } : undefined

const sorted = (sort: Sort, column: Column): 'ascending' | 'descending' | undefined =>
  sort?.column === column ? (sort.descending ? 'descending' : 'ascending') : undefined

/** The widths and the heads of the watchlist's columns; a click on a head sorts. */
export const Heads = ({ ruler }: { ruler: Ruler }) => {
  const widths = ruler.widths.value
  const { sort, sortBy } = useFloor().listing
  return (
    <>
      <colgroup>
        {HEADS.map(({ name }) => (
          <col key={name} class={`col-${name}`} style={widthOf(name, widths)} />
        ))}
        <col class="col-remove" />
      </colgroup>
      <thead>
        <tr>
          {HEADS.map(({ column, label, name, title }) => (
            <th
              key={name}
              scope="col"
              class={`head-${name}`}
              title={title}
              aria-sort={column ? sorted(sort.value, column) : undefined}
            >
              {column ? (
                <button type="button" onClick={() => sortBy(nextSort(sort.value, column))}>
                  {label}
                  {sorted(sort.value, column) && (sort.value?.descending ? ' ↓' : ' ↑')}
                </button>
              ) : (
                label
              )}
            </th>
          ))}
          <th scope="col">
            <span class="unseen">Remove</span>
          </th>
        </tr>
      </thead>
    </>
  )
}
