import type { Author, Message, MessagesReply, RoomSnapshot, RoomUpdate } from '../../../wire/rooms.ts'

/** Who writes, and until when that is taken for true (Unix milliseconds of this browser). */
export type Typist = Author & { until: number }

/**
 * What is known of a room. `messages`: the newest in order, without holes. `older`: there are more before these.
 */
export type Thread = {
  phase: 'loading' | 'ready' | 'refused'
  error: string | null
  count: number
  messages: readonly Message[]
  older: boolean
  typing: readonly Typist[]
}
export const UNREAD_THREAD: Thread = {
  ...{ phase: 'loading', error: null, count: 0 },
  ...{ messages: [], older: false, typing: [] },
}

/** For how long somebody writes who was told to write, in milliseconds. */
export const TYPING_MS = 5_000
/** Messages that are kept of a room whose end is looked at, and how many more there may be before any go. */
export const KEPT = 300
const SPARE = 200

const changedAt = ({ t, edited, deleted }: Message): number => Math.max(t, edited ?? 0, deleted ?? 0)

/** Two runs of messages as one, each message as it was last. */
export const mergeMessages = (known: readonly Message[], more: readonly Message[]): readonly Message[] => {
  const last = known.at(-1)?.n ?? 0
  if (more.every(({ n }, i) => n > (more[i - 1]?.n ?? last))) return more.length === 0 ? known : [...known, ...more]
  const byNumber = new Map(known.map((message) => [message.n, message]))
  for (const message of more) {
    const own = byNumber.get(message.n)
    if (own === undefined || changedAt(own) <= changedAt(message)) byNumber.set(message.n, message)
  }
  return [...byNumber.values()].toSorted((a, b) => a.n - b.n)
}

/** The room's state anew. What was read before it is forgotten: it may have been changed meanwhile. */
export const fromSnapshot = ({ count, messages }: RoomSnapshot): Thread => ({
  ...UNREAD_THREAD,
  phase: 'ready',
  count,
  messages,
  older: (messages[0]?.n ?? 1) > 1,
})

/** What came next. A message older than all that we have stays away: it comes with its page. `now`: when it came. */
export const withUpdate = (thread: Thread, { messages = [], typing = [] }: RoomUpdate, now: number): Thread => {
  const from = thread.messages[0]?.n ?? 1
  const news = messages.filter(({ n }) => n >= from)
  const wrote = new Set(messages.filter(({ n }) => n > thread.count).map(({ by }) => by.id))
  const told = new Set(typing.map(({ id }) => id))
  const before = thread.typing.filter(({ id, until }) => !told.has(id) && !wrote.has(id) && until > now)
  return {
    ...thread,
    count: Math.max(thread.count, ...messages.map(({ n }) => n)),
    messages: mergeMessages(thread.messages, news),
    typing: [
      ...before,
      ...typing.filter(({ id }) => !wrote.has(id)).map((author) => ({ ...author, until: now + TYPING_MS })),
    ],
  }
}

/** With a page of older messages; as it was where the page does not lead to what we have. */
export const withOlder = (thread: Thread, { messages, first }: MessagesReply): Thread => {
  const [oldest] = thread.messages
  const [start, end] = [messages[0], messages.at(-1)]
  if (start === undefined || end === undefined) return { ...thread, older: false }
  if (oldest !== undefined && end.n < oldest.n - 1) return thread
  return { ...thread, messages: mergeMessages(messages, thread.messages), older: start.n > first }
}

/** Without the oldest, where there are many more than are looked at. */
export const cutThread = (thread: Thread): Thread =>
  thread.messages.length <= KEPT + SPARE ? thread : { ...thread, messages: thread.messages.slice(-KEPT), older: true }

/** Without those who were told to write too long ago; the same where there are none. */
export const withoutTypists = (thread: Thread, now: number): Thread => {
  const typing = thread.typing.filter(({ until }) => until > now)
  return typing.length === thread.typing.length ? thread : { ...thread, typing }
}
