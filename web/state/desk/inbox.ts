import { computed, type ReadonlySignal, signal } from '@preact/signals'
import type { InboxItem, InboxSnapshot, InboxUpdate } from '../../../wire/rooms.ts'

const NOT_YET = -1

/** What one must know, and how far one has read each room. What is done here counts before the node hears of it. */
export const createInbox = () => {
  const told = signal<ReadonlyMap<number, InboxItem>>(new Map())
  const reads = signal<Readonly<Record<string, number>>>({})
  const doneHere = signal<ReadonlySet<number>>(new Set())
  const readHere = signal<Readonly<Record<string, number>>>({})
  const items = computed<readonly InboxItem[]>(() => [...told.value.values()].toSorted((a, b) => b.n - a.n))
  const open = computed(() => items.value.filter(({ n, done }) => done === undefined && !doneHere.value.has(n)))
  const known = signal(false)
  const readers = new Set<(news: readonly InboxItem[]) => void>()
  /** The newest item that was told; what was there when the page was opened is no news. */
  let newest = NOT_YET

  const tell = (came: readonly InboxItem[], count: number): void => {
    const news = newest === NOT_YET ? [] : came.filter(({ n, done }) => n > newest && done === undefined)
    newest = Math.max(newest, count, ...came.map(({ n }) => n))
    if (news.length > 0) for (const reader of readers) reader(news)
  }

  return {
    /** Whether the node has told of it. */
    known: known as ReadonlySignal<boolean>,
    /** All of them, the newest first. */
    items,
    /** Those that nobody acknowledged yet. */
    open,
    isDone: ({ n, done }: InboxItem): boolean => done !== undefined || doneHere.value.has(n),
    /** How far a room was read; 0 where it never was. */
    readTo: (room: string): number => Math.max(reads.value[room] ?? 0, readHere.value[room] ?? 0),
    markRead: (room: string, n: number): void => {
      readHere.value = { ...readHere.peek(), [room]: n }
    },
    markDone: (numbers: readonly number[]): void => {
      doneHere.value = new Set([...doneHere.peek(), ...numbers])
    },
    snapshot: ({ count, items: all, read }: InboxSnapshot): void => {
      told.value = new Map(all.map((item) => [item.n, item]))
      reads.value = read
      known.value = true
      tell(all, count)
    },
    update: ({ items: came = [], read = {} }: InboxUpdate): void => {
      if (came.length > 0) told.value = new Map([...told.peek(), ...came.map((item) => [item.n, item] as const)])
      reads.value = { ...reads.peek(), ...read }
      tell(came, 0)
    },
    /** Somebody else is signed in. */
    clear: (): void => {
      newest = NOT_YET
      known.value = false
      told.value = new Map()
      reads.value = readHere.value = {}
      doneHere.value = new Set()
    },
    /** Hears of each new item once. Returns a function that ends it. */
    onNews: (reader: (news: readonly InboxItem[]) => void): (() => void) => {
      readers.add(reader)
      return () => void readers.delete(reader)
    },
  }
}
export type Inbox = ReturnType<typeof createInbox>
