import { type ReadonlySignal, signal } from '@preact/signals'
import { errorOf, type Failed } from './calls.ts'

/** A list that is read from the node, and where that stands. `error` is for people. */
export type Listed<T> = { phase: 'loading' | 'ready' | 'error'; error: string | null; rows: readonly T[] }

/** A list that is read when somebody looks at it. What was read before stays until the next reading is done. */
export const createListed = <R extends object, T>(
  read: () => Promise<R | Failed>,
  rowsOf: (reply: R) => readonly T[],
) => {
  const list = signal<Listed<T>>({ phase: 'loading', error: null, rows: [] })
  /** Counts readings: only the newest one counts. */
  let turn = 0
  return {
    list: list as ReadonlySignal<Listed<T>>,
    load: async (): Promise<void> => {
      const own = ++turn
      if (list.peek().phase === 'error') list.value = { ...list.peek(), phase: 'loading', error: null }
      const reply = await read()
      if (own !== turn) return
      const error = errorOf(reply)
      list.value =
        error === null
          ? { phase: 'ready', error: null, rows: rowsOf(reply as R) }
          : { ...list.peek(), phase: 'error', error: error.message }
    },
  }
}
