/** What the browser remembers between visits. Reading never throws: what cannot be read was never said. */
export type Shelf = Pick<Storage, 'getItem' | 'setItem'>

/** One remembered value under `key`; `read` turns what was stored, of whatever shape, into a value or null. */
export const remember = <T>(shelf: Shelf, key: string, read: (stored: unknown) => T | null) => ({
  get: (): T | null => {
    try {
      const text = shelf.getItem(`watchfloor.${key}`)
      return text === null ? null : read(JSON.parse(text))
    } catch {
      return null
    }
  },
  set: (value: T): void => {
    try {
      shelf.setItem(`watchfloor.${key}`, JSON.stringify(value))
    } catch {
      // A full or forbidden store: the choice then lasts until the page is closed.
    }
  },
})
