import { useEffect, useRef } from 'preact/hooks'
import { takenBy } from '../../state/watchlist.ts'
import { useFloor } from '../shared/floor-context.ts'
import { Empty, Skeleton } from './Blank.tsx'
import { Finder } from './Finder.tsx'
import { Others } from './Others.tsx'
import { Row } from './Row.tsx'
import { Heads } from './Heads.tsx'
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
  const focusRow = (from: Element | null, step: number) => {
    const all = [...(table.current?.querySelectorAll<HTMLElement>('tr[tabindex]') ?? [])]
    const i = from ? all.indexOf(from as HTMLElement) + step : 0
    const next = all[Math.max(0, Math.min(all.length - 1, i))]
    next?.focus()
    const symbol = next?.dataset.symbol
    if (symbol && listing.query.value === '') go({ symbol })
  }
  /** Ends the search: its field is empty and without the cursor, so that keys choose the workspace again. */
  const leave = (from: Element | null) => {
    listing.query.value = ''
    if (from instanceof HTMLInputElement) from.blur()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    // While letters are being composed, as for Japanese, Enter and Escape are meant for these.
    if (event.isComposing) return
    const target = event.target instanceof Element ? event.target : null
    const row = target?.closest('tr[tabindex]') ?? null
    const { symbol, other } = row instanceof HTMLElement ? row.dataset : {}
    const taken = takenBy(listing.query.value, rows, others)
    if (event.key === 'ArrowDown') focusRow(row, 1)
    else if (event.key === 'ArrowUp') focusRow(row, -1)
    else if (event.key === 'Escape') leave(target)
    else if (event.key === 'Enter' && target === row && symbol) choose(symbol)
    else if (event.key === 'Enter' && target === row && other) add(other)
    else if (event.key === 'Enter' && row === null && taken) {
      leave(target)
      ;(rows.includes(taken) ? choose : add)(taken.symbol)
    } else if (event.key === 'Delete' && symbol) remove(symbol)
    else return
    event.preventDefault()
  }
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
