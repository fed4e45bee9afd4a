import {
  type Command,
  isFailed,
  isUnderWay,
  MOST_ENDED,
  MOST_FAILURES,
  type OrderEntry,
  type OrderSnapshot,
  type OrderUpdate,
} from './commands.ts'

/**
 * Commands of a device with what an update says of them: each as it is now, those under way and the last ten that are
 * not, oldest first, as a snapshot has them.
 */
export const foldCommands = (known: readonly Command[], more: readonly Command[]): Command[] => {
  const byId = new Map([...known, ...more].map((command) => [command.id, command]))
  const all = [...byId.values()].sort((a, b) => a.c - b.c)
  const ended = all.filter(({ state }) => !isUnderWay(state)).slice(-MOST_ENDED)
  return all.filter((command) => isUnderWay(command.state) || ended.includes(command))
}

/** By when it went wrong, then by device. */
const earlier = (a: OrderEntry, b: OrderEntry): number => a.at - b.at || (a.device < b.device ? -1 : 1)

/** An order's state after an update: the rest of the failures is asked for over HTTP. */
export const foldOrder = (state: OrderSnapshot, { order, counts, entries = [] }: OrderUpdate): OrderSnapshot => {
  const failures = new Map(state.failures.map((entry) => [entry.device, entry]))
  for (const entry of entries) {
    if (isFailed(entry.state)) failures.set(entry.device, entry)
    else failures.delete(entry.device)
  }
  return {
    order: order ?? state.order,
    counts: counts ?? state.counts,
    failures: [...failures.values()].sort(earlier).slice(0, MOST_FAILURES),
  }
}
