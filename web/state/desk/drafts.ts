import { signal } from '@preact/signals'

/** What is being written in a room: `n`, where it changes a message, and `announce`, where it is for everyone. */
export type Draft = { text: string; n: number | null; announce: boolean }
const EMPTY: Draft = { text: '', n: null, announce: false }

/** Rooms whose drafts are kept, as long as the page lives. */
const MOST_DRAFTS = 50

/** What is being written, room by room: who looks into another room finds it again. */
export const createDrafts = () => {
  const drafts = signal<ReadonlyMap<string, Draft>>(new Map())
  const set = (room: string, draft: Draft): void => {
    const next = new Map(drafts.peek())
    next.delete(room)
    if (draft.text !== '' || draft.n !== null || draft.announce) next.set(room, draft)
    const [oldest] = next.keys()
    if (next.size > MOST_DRAFTS && oldest !== undefined) next.delete(oldest)
    drafts.value = next
  }
  const of = (room: string): Draft => drafts.value.get(room) ?? EMPTY
  return {
    of,
    write: (room: string, text: string): void => set(room, { ...of(room), text }),
    announce: (room: string, announce: boolean): void => set(room, { ...of(room), announce }),
    /** Begins to change a message; what was being written makes room. */
    edit: (room: string, n: number, text: string): void => set(room, { ...EMPTY, n, text }),
    clear: (room: string): void => set(room, EMPTY),
  }
}
export type Drafts = ReturnType<typeof createDrafts>
