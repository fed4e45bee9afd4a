import type { Cursor, Segment } from '../../../../docs/client.ts'
import { connectRaw, type Packet, type RawClient } from '../../raw-client.ts'
import { createBook, type Reply, type Wants } from './book.ts'

export type Watcher = {
  /** Asks for a topic again, from where its subject says. */
  ask: (topic: string) => void
  /** Leaves the node for another one. */
  move: (url: string) => Promise<void>
  /** The node that it is at. */
  url: () => string
  /** How topics were answered: `snapshot s:ACME`. */
  answers: readonly string[]
  close: () => void
}

/** A client of one node at a time, by the page alone: it watches its subjects, and the cells of its view. */
export const openWatcher = async (first: string, wants: Wants): Promise<Watcher> => {
  const toAsk = new Set<string>()
  let client: RawClient | null = null
  let url = first
  /** Counts connections: what comes of an old one is not listened to. */
  let life = 0
  let asking = false

  /** One message at a time, with everything that has to be asked for. */
  const pump = async (): Promise<void> => {
    if (asking || toAsk.size === 0 || client === null) return
    asking = true
    const of = life
    const topics = [...toAsk]
    toAsk.clear()
    const reply = await client.ask<Reply>('watch', book.request(topics))
    if (of !== life) return
    asking = false
    book.take(reply)
    void pump()
  }
  const ask = (topic: string): void => {
    toAsk.add(topic)
    void pump()
  }
  const book = createBook(wants, ask)

  const hear = ({ from, kind, event, payload }: Packet): void => {
    if (from === 'client' || kind === 'reply') return
    if (event === 'updates') (payload as Segment[]).forEach(book.hear)
    if (event === 'heartbeat') book.compare((payload as { seqs: Record<string, Cursor> }).seqs)
  }
  const connect = async (to: string): Promise<void> => {
    client?.close()
    client = null
    const of = ++life
    url = to
    asking = false
    const made = await connectRaw(to, (packet) => {
      if (of === life) hear(packet)
    })
    client = made
    toAsk.clear()
    for (const topic of book.startOver()) toAsk.add(topic)
    void pump()
  }

  await connect(first)
  return {
    ask,
    move: connect,
    url: () => url,
    answers: book.answers,
    close: () => {
      life++
      client?.close()
    },
  }
}
