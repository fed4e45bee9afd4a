import { useEffect, useRef } from 'preact/hooks'
import type { Entry } from '../../state/market.ts'
import { takenBy } from '../../state/watchlist.ts'
import { useFloor } from '../shared/floor-context.ts'
import { AddIcon, SearchIcon } from '../shared/icons.tsx'
import { useSlash } from '../shared/use-slash.ts'
import { Row } from './Row.tsx'
import { Heads } from './Table.tsx'
import { useSight } from './use-sight.ts'

const Skeleton = () => (
  <tbody aria-hidden="true">
    {Array.from({ length: 14 }, (_, i) => (
      <tr key={i}>
        <td colSpan={9}>
          <span class="bone" style={{ width: `${88 - ((i * 37) % 40)}%`, height: '12px' }} />
        </td>
      </tr>
    ))}
  </tbody>
)

const Empty = () => {
  const { listing, market } = useFloor()
  const phase = listing.phase.value
  if (phase.phase === 'error')
    return (
      <div class="empty" data-empty="error">
        <strong>The symbols cannot be read</strong>
        <p>{phase.error} Trying again by itself.</p>
      </div>
    )
  if (phase.phase === 'ready' && market.listed.value.length === 0)
    return (
      <div class="empty" data-empty="feed">
        <strong>No feed has published yet</strong>
        <p>
          Symbols appear here by themselves once one does. Where none is about to start: <code>npm run simulate</code>
        </p>
      </div>
    )
  if (listing.query.value !== '')
    return (
      <div class="empty" data-empty="search">
        <strong>Nothing matches “{listing.query.value}”</strong>
        <p>Search by symbol or by name.</p>
      </div>
    )
  return (
    <div class="empty" data-empty="list">
      <strong>The watchlist is empty</strong>
      <p>Press / and search for a symbol to add it.</p>
    </div>
  )
}

const Others = ({ entries, onAdd }: { entries: readonly Entry[]; onAdd: (symbol: string) => void }) => (
  <tbody>
    <tr class="section">
      <td colSpan={9}>Not in the watchlist: choose to add</td>
    </tr>
    {entries.map(({ symbol, name }) => (
      <tr key={symbol} data-other={symbol} tabIndex={-1} onClick={() => onAdd(symbol)}>
        <td class="symbol" colSpan={8}>
          <b>{symbol}</b>
          <span>{name}</span>
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

const Finder = ({ onKeyDown }: { onKeyDown: (event: KeyboardEvent) => void }) => {
  const { listing } = useFloor()
  const input = useRef<HTMLInputElement>(null)
  useSlash(input)
  return (
    <label class="finder">
      <SearchIcon />
      <span class="unseen">Search symbols</span>
      <input
        ref={input}
        type="search"
        autocomplete="off"
        spellcheck={false}
        placeholder="Search or add symbols"
        value={listing.query}
        onInput={(event) => {
          listing.query.value = event.currentTarget.value
        }}
        onKeyDown={onKeyDown}
      />
      <span class="key" aria-hidden="true">
        /
      </span>
      <span class="tally">{listing.symbols.value.length} watched</span>
    </label>
  )
}

/** The watched symbols. Arrows move through the rows, Enter chooses, Delete removes; a search finds what to add as well. */
export const Watchlist = ({ onOpen, shade }: { onOpen: () => void; shade: string }) => {
  const { listing, place, go, now } = useFloor()
  const table = useRef<HTMLTableElement>(null)
  const { symbol: chosen } = place.value
  const rows = listing.rows.value
  const others = listing.others.value
  const loading = listing.phase.value.phase === 'loading' && rows.length === 0

  const choose = (symbol: string) => {
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
  const onKeyDown = (event: KeyboardEvent) => {
    const target = event.target instanceof Element ? event.target : null
    const row = target?.closest('tr[tabindex]') ?? null
    const { symbol, other } = row instanceof HTMLElement ? row.dataset : {}
    const taken = takenBy(listing.query.value, rows, others)
    if (event.key === 'ArrowDown') focusRow(row, 1)
    else if (event.key === 'ArrowUp') focusRow(row, -1)
    else if (event.key === 'Escape') listing.query.value = ''
    else if (event.key === 'Enter' && target === row && symbol) choose(symbol)
    else if (event.key === 'Enter' && target === row && other) add(other)
    else if (event.key === 'Enter' && row === null && taken) (rows.includes(taken) ? choose : add)(taken.symbol)
    else if (event.key === 'Delete' && symbol) remove(symbol)
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
  const first = rows.some(({ symbol }) => symbol === chosen) ? chosen : rows[0]?.symbol

  return (
    <section class="watchlist" aria-label="Watchlist">
      <Finder onKeyDown={onKeyDown} />
      <div class="rows" ref={scroller}>
        {/* biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a grid is a table whose rows are moved through with arrows */}
        <table ref={table} role="grid" aria-label="Watched symbols" onKeyDown={onKeyDown}>
          <Heads />
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
