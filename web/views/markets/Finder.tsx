import { useRef } from 'preact/hooks'
import { useFloor } from '../shared/floor-context.ts'
import { SearchIcon } from '../shared/icons.tsx'
import { useSlash } from '../shared/use-slash.ts'

/** The search of the watchlist. */
export const Finder = ({ onKeyDown }: { onKeyDown: (event: KeyboardEvent) => void }) => {
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
