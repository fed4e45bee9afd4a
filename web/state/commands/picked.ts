import { type ReadonlySignal, signal } from '@preact/signals'

/** The most devices that are picked one by one: their names have to fit into one message to the node. */
export const MOST_PICKED = 5_000

/** Devices that somebody ticked in a list, to ask something of all of them at once. */
export const createPicked = () => {
  const picked = signal<ReadonlySet<string>>(new Set())
  /** The last one that was ticked or unticked: a range begins there. */
  let anchor: string | null = null

  const put = (ids: readonly string[], on: boolean): void => {
    const next = new Set(picked.peek())
    for (const id of ids) {
      if (!on) next.delete(id)
      else if (next.size < MOST_PICKED) next.add(id)
    }
    picked.value = next
  }
  return {
    picked: picked as ReadonlySignal<ReadonlySet<string>>,
    toggle: (id: string): void => {
      put([id], !picked.peek().has(id))
      anchor = id
    },
    /** From the last one to this one, in the order in which they are listed: all become what the last one is. */
    reach: (id: string, listed: readonly string[]): void => {
      const from = anchor === null ? -1 : listed.indexOf(anchor)
      const to = listed.indexOf(id)
      if (from === -1 || to === -1 || anchor === null) put([id], !picked.peek().has(id))
      else put(listed.slice(Math.min(from, to), Math.max(from, to) + 1), picked.peek().has(anchor))
      anchor = id
    },
    /** All of these, or none of them. */
    all: (ids: readonly string[], on: boolean): void => put(ids, on),
    clear: (): void => {
      picked.value = new Set()
      anchor = null
    },
  }
}
export type Picked = ReturnType<typeof createPicked>
