import { randomUUID } from 'node:crypto'
import type { Snapshot, Update } from '../../../wire/protocol.ts'
import type { Message, MessagesReply, PresenceSnapshot, RoomSnapshot, SayReply } from '../../../wire/rooms.ts'
import type { Topic } from '../../../wire/topics.ts'
import { openLine } from './line.ts'

export const ROOM: Topic = 'm:desk'
const PRESENCE: Topic = 'p:floor'
const ANSWERED_MS = 5000
const AGAIN_MS = 200

export type Talker = {
  name: string
  /** Writes this after all that it wrote before, however long it takes. */
  say: (text: string) => void
  /** Messages that no node has acknowledged yet. */
  unsaid: () => number
  /** The numbers that nodes gave what it wrote, by the text. */
  said: ReadonlyMap<string, number>
  /** The room as it knows it. */
  messages: ReadonlyMap<number, string>
  /** Reads over HTTP what came before it did, or while it was away for long. */
  fill: (url: string) => Promise<void>
  here: ReadonlySet<string>
  /** Whom it saw go. */
  gone: string[]
  /** What must never be, in words. */
  faults: string[]
  isConnected: () => boolean
  drop: () => void
  close: () => void
}

/** The room as one client knows it; faults are told. */
const openRoom = (faults: string[]) => {
  const messages = new Map<number, string>()
  let last = 0
  const put = ({ n, text }: Message): void => {
    const known = messages.get(n)
    if (known !== undefined && known !== text) faults.push(`message ${n} is "${known}" and "${text}"`)
    messages.set(n, text)
    last = Math.max(last, n)
  }
  return {
    messages,
    put,
    state: (snapshot: Snapshot): void => {
      const { count, messages: newest } = snapshot as RoomSnapshot
      for (const message of newest) put(message)
      if (count < last) faults.push(`a snapshot knows ${count} messages after number ${last}`)
      last = count
    },
    update: ({ messages: come = [] }: Update): void => {
      for (const message of come) {
        if (message.n !== last + 1) faults.push(`message ${message.n} came after ${last}`)
        put(message)
      }
    },
  }
}

const openPresence = () => {
  const here = new Set<string>()
  const gone: string[] = []
  return {
    here,
    gone,
    state: (snapshot: Snapshot): void => {
      here.clear()
      for (const { id } of (snapshot as PresenceSnapshot).here) here.add(id)
    },
    update: (update: Update): void => {
      for (const { id } of update.here ?? []) here.add(id)
      for (const id of update.gone ?? []) {
        here.delete(id)
        gone.push(id)
      }
    },
  }
}

export type TalkerOptions = { urls: readonly string[]; cookie: string; name: string; first: number }

/** Somebody at a desk: follows the room and who is there, and says everything until a node has acknowledged it. */
export const openTalker = ({ urls, cookie, name, first }: TalkerOptions): Talker => {
  const faults: string[] = []
  const room = openRoom(faults)
  const presence = openPresence()
  const queue: { id: string; text: string }[] = []
  const said = new Map<string, number>()
  let saying = false

  const sayNext = async (): Promise<void> => {
    const [next] = queue
    const socket = line.socket()
    if (saying || !next || !socket) return
    saying = true
    try {
      const reply: SayReply = await socket.timeout(ANSWERED_MS).emitWithAck('say', { room: ROOM, ...next })
      if ('error' in reply) throw new Error(reply.error.code)
      const { n, text } = reply.message
      if (text !== next.text) faults.push(`"${next.text}" was kept as "${text}"`)
      said.set(text, n)
      queue.shift()
      saying = false
      void sayNext()
    } catch {
      setTimeout(() => {
        saying = false
        void sayNext()
      }, AGAIN_MS)
    }
  }
  const line = openLine(
    {
      urls,
      cookie,
      follow: [
        { topic: ROOM, ...room },
        { topic: PRESENCE, ...presence },
      ],
      connected: () => void sayNext(),
    },
    first,
  )
  return {
    name,
    say: (text) => {
      queue.push({ id: randomUUID(), text })
      void sayNext()
    },
    unsaid: () => queue.length,
    said,
    messages: room.messages,
    fill: async (url) => {
      for (const message of await readAll(url, cookie)) if (!room.messages.has(message.n)) room.put(message)
    },
    here: presence.here,
    gone: presence.gone,
    faults,
    isConnected: () => line.socket() !== null,
    drop: line.drop,
    close: line.close,
  }
}

/** Every message that is kept, read by page from the newest to the oldest. */
export const readAll = async (url: string, cookie: string): Promise<Message[]> => {
  const all: Message[] = []
  for (let before: number | null = null; before !== 1; ) {
    const page = `${url}/api/rooms/${encodeURIComponent(ROOM)}/messages?limit=200${before ? `&before=${before}` : ''}`
    const response = await fetch(page, { headers: { Cookie: cookie } })
    if (!response.ok) throw new Error(`${page}: ${response.status}`)
    const { messages, first } = (await response.json()) as MessagesReply
    all.unshift(...messages)
    before = messages[0]?.n ?? 1
    if (before === first) break
  }
  return all
}
