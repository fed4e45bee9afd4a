import { signal } from '@preact/signals'
import { withChip } from './chip.ts'

/**
 * What is being written in a room, and where the cursor is (`at`). `n`: it changes this message, and `before` was being
 * written before; `announce`: it is for everyone.
 */
export type Draft = { text: string; at: number; n: number | null; before: string; announce: boolean }
const EMPTY: Draft = { text: '', at: 0, n: null, before: '', announce: false }

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
    write: (room: string, text: string, at: number): void => set(room, { ...of(room), text, at }),
    /** Writes a chip at the cursor. */
    cite: (room: string, chip: string): void => {
      const draft = of(room)
      set(room, { ...draft, ...withChip(draft.text, draft.at, chip) })
    },
    announce: (room: string, announce: boolean): void => set(room, { ...of(room), announce }),
    /** Begins to change a message; what was being written comes back afterwards. */
    edit: (room: string, n: number, text: string): void => {
      const draft = of(room)
      const before = draft.n === null ? draft.text : draft.before
      set(room, { ...EMPTY, n, text, at: text.length, before })
    },
    /** It was sent, or given up. */
    clear: (room: string): void => {
      const { before: text } = of(room)
      set(room, { ...EMPTY, text, at: text.length })
    },
  }
}
export type Drafts = ReturnType<typeof createDrafts>
