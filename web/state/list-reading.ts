import type { SymbolRow, SymbolsReply } from '../../wire/api.ts'

/** When the list is read again, in milliseconds: for new symbols, where it failed, and while it is empty. */
const AGAIN = 300_000
const AFTER_FAILURE = 4_000
const WHILE_EMPTY = 1_000

export type ListEvents = {
  done: (rows: readonly SymbolRow[]) => void
  /** Why it could not be read, for people. It is tried again. */
  failed: (reason: string) => void
}

/**
 * Reads the list of all symbols, again and again. `read` does so at once, besides; `anew` likewise, and what was asked
 * for before is not taken.
 */
export const createListReading = (load: () => Promise<SymbolsReply>, random: () => number, events: ListEvents) => {
  let timer: ReturnType<typeof setTimeout> | undefined
  let life = 0
  const read = async (): Promise<void> => {
    const own = life
    let wait = AGAIN
    try {
      const { symbols } = await load()
      if (own !== life) return
      events.done(symbols)
      if (symbols.length === 0) wait = WHILE_EMPTY
    } catch (error) {
      if (own !== life) return
      events.failed(error instanceof Error ? error.message : 'The symbols can’t be loaded.')
      wait = AFTER_FAILURE
    }
    clearTimeout(timer)
    timer = setTimeout(read, wait * (1 + random() / 4))
  }
  const end = (): void => {
    life++
    clearTimeout(timer)
  }
  const anew = (): void => {
    end()
    void read()
  }
  return { read, anew, end }
}
