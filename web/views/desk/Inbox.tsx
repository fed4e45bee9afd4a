import type { InboxItem } from '../../../wire/rooms.ts'
import { parseRoom, roomName } from '../../state/desk/room-names.ts'
import { useFloor } from '../shared/floor-context.ts'
import { useDesk } from './desk-context.ts'
import { Face } from './Face.tsx'
import { momentOf, whenOf } from './times.ts'

const Item = ({ item, done, now }: { item: InboxItem; done: boolean; now: number }) => {
  const { openItem, marks } = useDesk()
  const { n, kind, from, text, t } = item
  const room = parseRoom(item.room)
  const about = kind === 'announcement' || room === null ? 'to everyone' : `in ${roomName(room)}`
  return (
    <li data-item={n} data-done={done ? '' : undefined}>
      <button type="button" class="item" onClick={() => openItem(item)}>
        <Face id={from.id} name={from.name} />
        <span>
          <span class="head">
            <b dir="auto">{from.name}</b> <span>{about}</span> <time title={momentOf(t)}>{whenOf(t, now)}</time>
          </span>
          <span class="excerpt" dir="auto">
            {text}
          </span>
        </span>
      </button>
      {done ? (
        <span class="done">Done</span>
      ) : (
        <button type="button" class="button small" onClick={() => marks.done([n])}>
          Done<span class="unseen">: {text}</span>
        </button>
      )}
    </li>
  )
}

/** What makes itself heard. Nothing does until it is switched on here. */
const AlertSwitches = () => {
  const { alerts } = useDesk()
  return (
    <div class="alerts">
      <button
        type="button"
        class="button small"
        aria-pressed={alerts.notifications.value}
        onClick={alerts.switchNotifications}
      >
        Notifications
      </button>
      <button type="button" class="button small" aria-pressed={alerts.sound.value} onClick={alerts.switchSound}>
        Sound
      </button>
      {alerts.refused.value && <p role="status">This browser does not allow notifications here.</p>}
    </div>
  )
}

/** Mentions and announcements, the newest first: each is acknowledged once, and so in all tabs. */
export const Inbox = () => {
  const { inbox, marks, handle } = useDesk()
  const { now } = useFloor()
  const items = inbox.items.value
  const open = inbox.open.value
  if (handle.value === null)
    return (
      <div class="inbox-pane" role="tabpanel" aria-label="Inbox">
        <p class="empty">
          <strong>No inbox without a name</strong>
          <span>Give your name in a room to be mentioned.</span>
        </p>
      </div>
    )
  return (
    <div class="inbox-pane" role="tabpanel" aria-label="Inbox">
      <header>
        <AlertSwitches />
        <button
          type="button"
          class="button small"
          disabled={open.length === 0}
          onClick={() => marks.done(open.map(({ n }) => n))}
        >
          All done
        </button>
      </header>
      {items.length === 0 ? (
        <p class="empty">
          <strong>Nothing for you</strong>
          <span>Whoever writes @{handle} reaches you here.</span>
        </p>
      ) : (
        <ul class="items" aria-label="Inbox">
          {items.map((item) => (
            <Item key={item.n} item={item} done={inbox.isDone(item)} now={now()} />
          ))}
        </ul>
      )}
    </div>
  )
}
