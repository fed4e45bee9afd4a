/** What is known of a device is believed for so long (ms). */
const THERE_MS = 60_000
const MISSING_MS = 5000
const MOST_DEVICES = 50_000

export type IsKnown = (id: string) => Promise<boolean>

/**
 * Whether there is such a device, asked of Redis now and then. `now`: milliseconds, by a clock that never goes back.
 * Rejects where Redis cannot be asked.
 */
export const createKnown = (read: IsKnown, now: () => number): IsKnown => {
  const known = new Map<string, { isThere: boolean; until: number }>()
  return async (id) => {
    const found = known.get(id)
    if (found && now() < found.until) return found.isThere
    const isThere = await read(id)
    if (known.size >= MOST_DEVICES) known.clear()
    known.set(id, { isThere, until: now() + (isThere ? THERE_MS : MISSING_MS) })
    return isThere
  }
}
