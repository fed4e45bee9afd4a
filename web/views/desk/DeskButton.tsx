import { DeskIcon } from '../shared/icons.tsx'
import { useDesk } from './desk-context.ts'
import { tally } from './RoomList.tsx'

/** How much waits for one, at the button that opens the desk. */
const Badge = () => {
  const { items, unread } = useDesk().unread.badge.value
  if (items > 0)
    return (
      <span class="count" data-badge={items}>
        {tally(items)}
        <span class="unseen"> in your inbox</span>
      </span>
    )
  return unread ? (
    <span class="dot" data-badge="unread">
      <span class="unseen">unread messages</span>
    </span>
  ) : null
}

/** Opens and closes the desk. */
export const DeskButton = () => {
  const { look, rights } = useDesk()
  const open = look.open.value
  if (!rights.any()) return null
  return (
    <button
      type="button"
      class="desk-button"
      data-opens="desk"
      aria-pressed={open}
      aria-keyshortcuts="d"
      title={open ? 'Close the desk (d)' : 'Open the desk (d)'}
      onClick={() => look.show(!open)}
    >
      <DeskIcon />
      <span>Desk</span>
      <Badge />
    </button>
  )
}

/** The desk among the workspaces of a phone. */
export const DeskTab = () => {
  const { look, rights } = useDesk()
  if (!rights.any()) return null
  return (
    <button type="button" aria-current={look.open.value ? 'page' : undefined} onClick={() => look.show(true)}>
      <DeskIcon />
      Desk
      <Badge />
    </button>
  )
}
