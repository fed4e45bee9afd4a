import type { Cursor, Update } from '../../wire/protocol.ts'

type Page = { before: number; cursor: Cursor }

/**
 * The older pages of a chart, each as of a cursor of its own: a late trade that came between two readings is in the
 * page that was read after it, and must not be added to that page again.
 */
export const createPages = () => {
  let pages: Page[] = []
  const pageOf = (t: number): Page | undefined => pages.findLast(({ before }) => t < before)
  return {
    clear: (): void => {
      pages = []
    },
    /** A page was read, of candles that start before `before`, as of `cursor`. */
    add: (before: number, cursor: Cursor): void => {
      pages.push({ before, cursor })
    },
    /**
     * How much of an update its page at time `t` has already: one that was conflated from several may be there in part.
     */
    has: (t: number, update: Pick<Update, 'epoch' | 'seq' | 'after'>): 'all' | 'part' | 'none' => {
      const cursor = pageOf(t)?.cursor
      if (cursor?.epoch !== update.epoch || cursor.seq <= (update.after ?? update.seq - 1)) return 'none'
      return update.seq <= cursor.seq ? 'all' : 'part'
    },
  }
}
