import type { RefObject } from 'preact'
import type { Listing } from '../../state/listing.ts'
import type { Place } from '../../state/place.ts'
import { takenBy } from '../../state/watchlist.ts'

export type KeyOptions = {
  table: RefObject<HTMLTableElement | null>
  listing: Pick<Listing, 'query' | 'rows' | 'others'>
  choose: (symbol: string) => void
  add: (symbol: string) => void
  remove: (symbol: string) => void
  go: (change: Partial<Place>) => void
}

/** What keys do in the watchlist and in its search: arrows move through the rows, Enter chooses, Delete removes. */
export const keysOf = ({ table, listing, choose, add, remove, go }: KeyOptions) => {
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
  /** Takes the best match of the search; false where there is none. */
  const take = (target: Element | null): boolean => {
    const rows = listing.rows.value
    const taken = takenBy(listing.query.value, rows, listing.others.value)
    if (!taken) return false
    leave(target)
    ;(rows.includes(taken) ? choose : add)(taken.symbol)
    return true
  }
  return (event: KeyboardEvent): void => {
    // While letters are being composed, as for Japanese, Enter and Escape are meant for these.
    if (event.isComposing) return
    const target = event.target instanceof Element ? event.target : null
    const row = target?.closest('tr[tabindex]') ?? null
    const { symbol, other } = row instanceof HTMLElement ? row.dataset : {}
    if (event.key === 'ArrowDown') focusRow(row, 1)
    else if (event.key === 'ArrowUp') focusRow(row, -1)
    else if (event.key === 'Escape') leave(target)
    else if (event.key === 'Enter' && target === row && symbol) choose(symbol)
    else if (event.key === 'Enter' && target === row && other) add(other)
    else if (event.key === 'Delete' && symbol) remove(symbol)
    else if (event.key !== 'Enter' || row !== null || !take(target)) return
    event.preventDefault()
  }
}
