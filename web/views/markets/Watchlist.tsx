import { useEffect, useRef } from 'preact/hooks'
import { useFloor } from '../shared/floor-context.ts'
import { Empty, Skeleton } from './Blank.tsx'
import { Finder } from './Finder.tsx'
import { Heads } from './Heads.tsx'
import { keysOf } from './keys.ts'
import { Others } from './Others.tsx'
import { Row } from './Row.tsx'
import { useColumns } from './use-columns.ts'
import { useSight } from './use-sight.ts'

/**
 * The watched symbols. Arrows move through the rows, Enter chooses, Delete removes; a search finds what to add as well.
 */
export const Watchlist = ({ onOpen, shade }: { onOpen: () => void; shade: string }) => {
  const { listing, place, go, narrow, now } = useFloor()
  const table = useRef<HTMLTableElement>(null)
  const { symbol: chosen } = place.value
  const rows = listing.rows.value
  const others = listing.others.value
  const loading = listing.phase.value.phase === 'loading' && rows.length === 0

  const choose = (symbol: string) => {
    listing.query.value = ''
    go({ symbol })
    onOpen()
  }
  const add = (symbol: string) => {
    listing.add(symbol)
    listing.query.value = ''
    go({ symbol })
  }
  const remove = (symbol: string) => {
    listing.remove(symbol)
    if (symbol === chosen) go({ symbol: listing.symbols.value[0] ?? null })
  }
  const onKeyDown = keysOf({ table, listing, choose, add, remove, go })
  const scroller = useSight(
    rows.map(({ symbol }) => symbol),
    listing.see,
  )
  useEffect(() => {
    table.current?.querySelector('tr[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  }, [chosen, loading])
  const ruler = useColumns(table, scroller, listing.symbols.value, narrow.value)
  const first = rows.some(({ symbol }) => symbol === chosen) ? chosen : rows[0]?.symbol

  return (
    <section class="watchlist" aria-label="Watchlist">
      <Finder onKeyDown={onKeyDown} />
      <div class="rows" ref={scroller}>
        <table
          ref={table}
          // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: arrow keys move through its rows
          role="grid"
          aria-label="Watched symbols"
          data-without={ruler.without}
          style={ruler.style}
          onKeyDown={onKeyDown}
        >
          <Heads ruler={ruler} />
          {loading && <Skeleton />}
          <tbody>
            {rows.map((entry) => (
              <Row
                key={entry.symbol}
                entry={entry}
                selected={entry.symbol === chosen}
                focusable={entry.symbol === first}
                quiet={listing.quiet}
                now={now}
                ruler={ruler}
                shade={shade}
                onChoose={choose}
                onRemove={remove}
              />
            ))}
          </tbody>
          {others.length > 0 && <Others entries={others} onAdd={add} />}
        </table>
        {!loading && rows.length === 0 && others.length === 0 && <Empty />}
      </div>
    </section>
  )
}
