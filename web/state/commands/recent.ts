import { computed, type ReadonlySignal, signal } from '@preact/signals'

/** An order that was given in this browser. `kind`, `to`: what was asked, of whom, in words. Unix milliseconds. */
export type RecentOrder = { id: string; kind: string; to: string; devices: number; t: number; until: number }

/** How many are remembered, and for how long: a node keeps an order for a day after its deadline. */
const MOST = 30
const KEPT = 24 * 3_600_000

const readOne = (stored: unknown): RecentOrder | null => {
  if (typeof stored !== 'object' || stored === null) return null
  const { id, kind, to, devices, t, until } = stored as Record<string, unknown>
  if (typeof id !== 'string' || typeof kind !== 'string' || typeof to !== 'string') return null
  if (typeof devices !== 'number' || typeof t !== 'number' || typeof until !== 'number') return null
  return { id, kind, to, devices, t, until }
}
export const readOrders = (stored: unknown): RecentOrder[] | null =>
  Array.isArray(stored) ? stored.map(readOne).filter((one) => one !== null) : null

export type KeptOrders = { get: () => RecentOrder[] | null; set: (orders: RecentOrder[]) => void }

/** The orders that this person gave here, the newest first; this browser remembers them. */
export const createRecent = (kept: KeptOrders, me: ReadonlySignal<string | null>, now: () => number) => {
  const all = signal<readonly RecentOrder[]>(kept.get() ?? [])
  // Others may have used this browser: an order's id begins with whoever gave it.
  const own = computed(() => all.value.filter(({ id }) => me.value !== null && id.startsWith(`${me.value}.`)))
  return {
    orders: own,
    add: (order: RecentOrder): void => {
      const others = all.peek().filter(({ id, until }) => id !== order.id && until + KEPT > now())
      all.value = [order, ...others].slice(0, MOST)
      kept.set([...all.value])
    },
  }
}
export type Recent = ReturnType<typeof createRecent>
