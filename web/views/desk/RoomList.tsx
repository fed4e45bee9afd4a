import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { roomName, typedRoom } from '../../state/desk/room-names.ts'
import type { RoomLine } from '../../state/desk/room-rows.ts'
import { useFloor } from '../shared/floor-context.ts'
import { AddIcon } from '../shared/icons.tsx'
import { useDesk } from './desk-context.ts'
import { whenOf } from './times.ts'

/** More than this many unread messages are not told one by one. */
const MANY = 99
export const tally = (count: number): string => (count > MANY ? `${MANY}+` : String(count))

const said = ({ last }: RoomLine): string => {
  if (last === null) return 'Nothing here yet'
  return last.deleted === undefined ? `${last.by.name}: ${last.text}` : `${last.by.name} deleted a message`
}

const Row = ({ line, chosen, now }: { line: RoomLine; chosen: boolean; now: number }) => {
  const { look } = useDesk()
  const { room, unread, last } = line
  return (
    <li>
      <button
        type="button"
        data-room={room}
        data-unread={unread}
        aria-current={chosen ? 'true' : undefined}
        onClick={() => look.enter(room)}
      >
        <b>{roomName(room)}</b>
        <span class="said">{said(line)}</span>
        {last && <time>{whenOf(last.t, now)}</time>}
        {unread > 0 && (
          <span class="count">
            {tally(unread)}
            <span class="unseen"> unread</span>
          </span>
        )}
      </button>
    </li>
  )
}

/** Goes to a room by its name; one that is not there yet is made by writing in it. */
const Other = ({ onDone }: { onDone: () => void }) => {
  const { look, rights } = useDesk()
  const text = useSignal('')
  const error = useSignal('')
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.focus(), [])
  const go = (event: Event) => {
    event.preventDefault()
    const room = typedRoom(text.value)
    if (room === null) error.value = 'A room’s name has 1 to 62 letters, without quotation marks, braces or \\.'
    else if (!rights.sees(room)) error.value = 'You may not see this room.'
    else {
      look.enter(room)
      onDone()
    }
  }
  return (
    <form class="other-room" onSubmit={go}>
      <input
        type="text"
        aria-label="Name of a room"
        placeholder="night shift, $AAPL, #BUS-0001"
        autocomplete="off"
        spellcheck={false}
        value={text}
        ref={field}
        onInput={(event) => {
          text.value = event.currentTarget.value
          error.value = ''
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || event.isComposing) return
          event.stopPropagation()
          onDone()
        }}
      />
      <button type="submit" class="button">
        Open
      </button>
      {error.value !== '' && <p role="alert">{error}</p>}
    </form>
  )
}

/** The rooms that there are, with what one has not read of each. */
export const RoomList = () => {
  const { unread, look } = useDesk()
  const { now } = useFloor()
  const other = useSignal(false)
  return (
    <nav class="rooms" aria-label="Rooms">
      <ul>
        {unread.lines.value.map((line) => (
          <Row key={line.room} line={line} chosen={line.room === look.room.value} now={now()} />
        ))}
      </ul>
      {other.value ? (
        <Other
          onDone={() => {
            other.value = false
          }}
        />
      ) : (
        <button
          type="button"
          class="add-room"
          onClick={() => {
            other.value = true
          }}
        >
          <AddIcon /> Another room
        </button>
      )}
    </nav>
  )
}
