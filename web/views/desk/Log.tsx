import { useMemo } from 'preact/hooks'
import type { Topic } from '../../../wire/topics.ts'
import { type Line, linesOf } from '../../state/desk/days.ts'
import { roomName } from '../../state/desk/room-names.ts'
import type { Unsent } from '../../state/desk/unsent.ts'
import { useFloor } from '../shared/floor-context.ts'
import { useDesk } from './desk-context.ts'
import { MessageView } from './MessageView.tsx'
import { dayName, dayOf } from './times.ts'
import { UnsentView } from './UnsentView.tsx'
import { useLog } from './use-log.ts'
import { useReadTo } from './use-read-to.ts'
import { useSought } from './use-sought.ts'
import { useSpoken } from './use-spoken.ts'

/** Moves the focus from message to message. */
const step = (event: KeyboardEvent): void => {
  const way = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0
  const target = event.target instanceof Element ? event.target.closest('li.message') : null
  if (way === 0 || !(event.currentTarget instanceof Element)) return
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>('li.message')]
  const at = target instanceof HTMLElement ? all.indexOf(target) : all.length
  const next = all[Math.max(0, Math.min(all.length - 1, at + way))]
  if (next === undefined) return
  event.preventDefault()
  next.focus()
}

const Past = ({ room, older }: { room: Topic; older: boolean }) => {
  const { past } = useDesk()
  if (!older) return <p class="past">This is where the room begins.</p>
  if (past.phase.value !== 'failed') return <p class="past">Loading older messages…</p>
  return (
    <p class="past">
      Older messages can’t be loaded.{' '}
      <button type="button" class="button" onClick={() => past.older(room)}>
        Try again
      </button>
    </p>
  )
}

const LineView = ({ line, now, ...more }: { line: Line; now: number } & MessageProps) => {
  if (line.kind === 'day')
    return (
      <li class="day">
        <span>{dayName(line.t, now)}</span>
      </li>
    )
  if (line.kind === 'new')
    return (
      <li class="fresh">
        <span>New</span>
      </li>
    )
  const { message, first } = line
  const { room, me, marked, changes } = more
  return (
    <MessageView
      room={room}
      message={message}
      first={first}
      own={me !== null && message.by.id === me}
      sought={marked === message.n}
      change={changes.find(({ n }) => n === message.n)}
    />
  )
}
type MessageProps = {
  room: Topic
  me: string | null
  marked: number | null
  changes: readonly Unsent[]
}

/** The messages of a room, from the oldest that was read so far to what is on its way. */
export const Log = ({ room }: { room: Topic }) => {
  const { rooms, outbox, handle, isLive } = useDesk()
  const { now, link, past } = useFloor()
  const thread = rooms.thread(room).value
  const { phase, messages, older, error } = thread
  const me = handle.value
  const unsent = outbox.unsent.value.filter((one) => one.room === room && one.by === me)
  const readTo = useReadTo(room)
  const lines = useMemo(() => linesOf(messages, { dayOf, readTo, me }), [messages, readTo, me])
  const ready = phase === 'ready'
  const { log, onScroll, below, toEnd, leaveEnd } = useLog(room, thread, unsent)
  const marked = useSought(room, ready, log, leaveEnd)
  const spoken = useSpoken(room, ready, messages, me)
  void link.phase.value
  const changes = unsent.filter(({ n }) => n !== null)
  return (
    <div class="log-box">
      <div
        class="log"
        ref={log}
        role="log"
        aria-live="off"
        aria-label={`Messages in ${roomName(room)}`}
        aria-busy={phase === 'loading'}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled, and walked through, with the keyboard
        tabIndex={0}
        onScroll={onScroll}
        onKeyDown={step}
      >
        <ol>
          {ready && messages.length > 0 && (
            <li>
              <Past room={room} older={older} />
            </li>
          )}
          {lines.map((line) => (
            <LineView key={line.key} line={line} now={now()} room={room} me={me} marked={marked} changes={changes} />
          ))}
          {unsent.map((one) => one.n === null && <UnsentView key={one.id} unsent={one} live={isLive()} />)}
        </ol>
        {ready && messages.length === 0 && unsent.length === 0 && (
          <p class="empty">
            <strong>{past === null ? 'Nothing here yet' : 'Nothing here'}</strong>
            <span>
              {past === null ? `Write the first message in ${roomName(room)}.` : 'Nothing had been written by then.'}
            </span>
          </p>
        )}
        {phase === 'refused' && (
          <p class="empty">
            <strong>This room can’t be shown</strong>
            <span>{error}</span>
          </p>
        )}
      </div>
      {below.value > 0 && (
        <button type="button" class="button below" onClick={toEnd}>
          {below.value === 1 ? '1 new message' : `${below.value} new messages`} ↓
        </button>
      )}
      <p class="unseen" role="status" aria-live="polite">
        {spoken}
      </p>
    </div>
  )
}
