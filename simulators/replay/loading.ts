import { createLine, type Terminal } from './progress.ts'

/** Shows how far a recording is read and put in order: nothing of one that is there at once. */
export type Loading = {
  reading: (read: number, size: number, rows: number) => void
  ordering: (count: number, total: number) => void
  end: () => void
}

const percentOf = (part: number, whole: number): string => `${Math.min(100, Math.floor((100 * part) / whole))}%`
const rowsOf = (rows: number): string => `${rows.toLocaleString('en')} rows`

export const createLoading = (terminal: Terminal): Loading => {
  const line = createLine(terminal)
  return {
    reading: (read, size, rows) =>
      line.show(() => `Reading${size > 0 ? ` ${percentOf(read, size)}` : ''}: ${rowsOf(rows)}`),
    ordering: (count, total) => line.show(() => `Putting in order ${percentOf(count, total)}: ${rowsOf(total)}`),
    end: line.end,
  }
}
