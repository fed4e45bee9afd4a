import { type Column, nextSort, type Sort } from '../../state/watchlist.ts'
import { useFloor } from '../shared/floor-context.ts'

const HEADS: readonly { column: Column | null; label: string; width: string; kind: string; title: string }[] = [
  { column: 'symbol', label: 'Symbol', width: 'col-symbol', kind: '', title: 'Symbol' },
  { column: null, label: 'Hour', width: 'col-spark', kind: '', title: 'The last hour, by minutes' },
  { column: 'last', label: 'Last', width: 'col-last', kind: '', title: 'Last trade' },
  {
    column: 'change',
    label: 'Chg',
    width: 'col-change mid',
    kind: 'mid',
    title: 'Change since the previous close, or the open of the day',
  },
  { column: 'share', label: 'Chg %', width: 'col-share', kind: '', title: 'Change in per cent' },
  { column: 'bid', label: 'Bid', width: 'col-side wide', kind: 'wide', title: 'Best bid' },
  { column: 'ask', label: 'Ask', width: 'col-side wide', kind: 'wide', title: 'Best ask' },
  { column: 'volume', label: 'Vol', width: 'col-volume mid', kind: 'mid', title: 'Volume of the day (UTC)' },
]

const sorted = (sort: Sort, column: Column): 'ascending' | 'descending' | undefined =>
  sort?.column === column ? (sort.descending ? 'descending' : 'ascending') : undefined

/** The widths and the heads of the watchlist's columns; a click on a head sorts. */
export const Heads = () => {
  const { sort, sortBy } = useFloor().listing
  return (
    <>
      <colgroup>
        {HEADS.map(({ width, label }) => (
          <col key={label} class={width} />
        ))}
        <col class="col-remove" />
      </colgroup>
      <thead>
        <tr>
          {HEADS.map(({ column, label, kind, title }) => (
            <th
              key={label}
              scope="col"
              class={kind}
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
