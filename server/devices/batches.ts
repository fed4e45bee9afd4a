import type { Faults } from '../faults.ts'

/** Something to be done, and what is told whoever waits for it where that goes wrong. Harmless to call late. */
export type Pending = { fail: (error: unknown) => void }

export type BatchesOptions<Item extends Pending> = {
  /** Does these together, and settles each. */
  work: (items: readonly Item[]) => Promise<void>
  /** Items of one key are done one after the other, in order. */
  keyOf?: (item: Item) => string
  /** For so long items are gathered while nothing is under way (ms); so many go together, at the most. */
  gatherMs: number
  most: number
  /** Batches under way at once; and items that wait, beyond which more are refused. */
  depth: number
  cap: number
  faults: Faults
}

export type Batches<Item> = {
  /** Returns false, and does nothing, where too many wait already. */
  add: (item: Item) => boolean
  /** Items that wait or are under way. */
  waiting: () => number
}

/** Gathers what comes at about the same time, for Redis to do it together. */
export const createBatches = <Item extends Pending>(options: BatchesOptions<Item>): Batches<Item> => {
  const { work, keyOf, gatherMs, most, depth, cap, faults } = options
  let waiting: Item[] = []
  const busy = new Set<string>()
  let underWay = 0
  let batches = 0
  let gathering = false

  const take = (): Item[] => {
    if (keyOf === undefined) return waiting.splice(0, most)
    const taken: Item[] = []
    const left: Item[] = []
    // What waits behind an item of its own key waits on, even where that one goes now.
    const held = new Set<string>()
    for (const item of waiting) {
      const key = keyOf(item)
      if (taken.length < most && !busy.has(key) && !held.has(key)) taken.push(item)
      else left.push(item)
      held.add(key)
    }
    for (const item of taken) busy.add(keyOf(item))
    waiting = left
    return taken
  }

  const end = (items: readonly Item[]): void => {
    batches--
    underWay -= items.length
    if (keyOf !== undefined) for (const item of items) busy.delete(keyOf(item))
    next()
  }
  const run = async (items: readonly Item[]): Promise<void> => {
    await work(items)
    end(items)
  }
  const guarded = faults.guard('device.batch', run, (error, items) => {
    for (const { fail } of items) fail(error)
    end(items)
  })
  const next = (): void => {
    while (batches < depth) {
      const items = take()
      if (items.length === 0) return
      batches++
      underWay += items.length
      guarded(items)
    }
  }
  const gather = (): void => {
    gathering = false
    next()
  }
  const gathered = faults.guard('device.batch', gather, gather)

  return {
    add: (item) => {
      if (waiting.length >= cap) return false
      waiting.push(item)
      if (gathering || batches >= depth) return true
      gathering = true
      setTimeout(gathered, gatherMs)
      return true
    },
    waiting: () => waiting.length + underWay,
  }
}
