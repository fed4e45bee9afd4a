import { type ReadonlySignal, signal } from '@preact/signals'
import type { RecordEntry, RecordReply } from '../../wire/people.ts'
import type { Calls } from './calls.ts'
import type { Listed } from './listed.ts'

/** Lines in one page of the record. */
const PAGE = 50
/** The most lines that are kept on screen. */
const MOST = 2_000

/** Who signed in, shared, revoked and managed: newest first, older ones page by page. */
export const createRecord = (calls: Calls) => {
  const list = signal<Listed<RecordEntry>>({ phase: 'loading', error: null, rows: [] })
  const next = signal<number | null>(null)
  let turn = 0

  const read = async (before: number | null): Promise<void> => {
    const own = ++turn
    const reply = await calls.get<RecordReply>(`/api/record?limit=${PAGE}${before === null ? '' : `&before=${before}`}`)
    if (own !== turn) return
    if ('error' in reply) {
      list.value = { ...list.peek(), phase: 'error', error: reply.error.message }
      return
    }
    const rows = before === null ? reply.entries : [...list.peek().rows, ...reply.entries]
    list.value = { phase: 'ready', error: null, rows: rows.slice(0, MOST) }
    next.value = rows.length < MOST ? reply.next : null
  }

  return {
    list: list as ReadonlySignal<Listed<RecordEntry>>,
    /** Whether there are older lines. */
    next: next as ReadonlySignal<number | null>,
    load: (): Promise<void> => read(null),
    loadOlder: (): Promise<void> => read(next.peek()),
  }
}
export type RecordStore = ReturnType<typeof createRecord>
