import { useEffect, useRef } from 'preact/hooks'
import { PANES, type Pane } from '../../state/desk/look.ts'
import { useFloor } from '../shared/floor-context.ts'
import { CloseIcon } from '../shared/icons.tsx'
import { useDesk } from './desk-context.ts'
import { Inbox } from './Inbox.tsx'
import { People } from './People.tsx'
import { Room } from './Room.tsx'
import { tally } from './RoomList.tsx'

const NAMES: Record<Pane, string> = { room: 'Rooms', people: 'People', inbox: 'Inbox' }

const Tabs = () => {
  const { look, presence, unread } = useDesk()
  const pane = look.pane.value
  const counts: Record<Pane, number> = {
    room: unread.lines.value.filter(({ unread: count }) => count > 0).length,
    people: presence.here.value.length,
    inbox: unread.badge.value.items,
  }
  const press = (event: KeyboardEvent) => {
    const way = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    const next = PANES[(PANES.indexOf(pane) + way + PANES.length) % PANES.length]
    if (way === 0 || next === undefined || !(event.currentTarget instanceof Element)) return
    look.turnTo(next)
    event.currentTarget.querySelector<HTMLElement>(`[data-pane="${next}"]`)?.focus()
  }
  return (
    <div class="panes" role="tablist" aria-label="Desk" onKeyDown={press}>
      {PANES.map((one) => (
        <button
          key={one}
          type="button"
          role="tab"
          data-pane={one}
          aria-selected={one === pane}
          tabIndex={one === pane ? 0 : -1}
          onClick={() => look.turnTo(one)}
        >
          {NAMES[one]}
          {counts[one] > 0 && <span class={one === 'inbox' ? 'count' : 'number'}>{tally(counts[one])}</span>}
        </button>
      ))}
    </div>
  )
}

/** The drawer beside the workspace, or a phone's page: rooms, people and the inbox. */
export const Desk = () => {
  const { look } = useDesk()
  const { narrow } = useFloor()
  const pane = look.pane.value
  const drawer = useRef<HTMLElement>(null)
  const leave = () => {
    if (narrow.peek()) return
    look.show(false)
    document.querySelector<HTMLElement>('[data-opens="desk"]')?.focus()
  }
  useEffect(() => {
    // Who opened it by the keyboard goes on in it.
    if (!narrow.peek() && document.activeElement?.matches('[data-opens="desk"]')) look.write()
  }, [])
  return (
    <aside
      class="desk"
      ref={drawer}
      aria-label="Desk"
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.isComposing) leave()
      }}
    >
      <header>
        <Tabs />
        {!narrow.value && (
          <button
            type="button"
            class="icon-button"
            aria-label="Close the desk"
            title="Close the desk (Escape)"
            onClick={leave}
          >
            <CloseIcon />
          </button>
        )}
      </header>
      {pane === 'room' && <Room onLeave={leave} />}
      {pane === 'people' && <People />}
      {pane === 'inbox' && <Inbox />}
    </aside>
  )
}
