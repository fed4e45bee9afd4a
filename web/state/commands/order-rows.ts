import { type ReadonlySignal, signal } from '@preact/signals'
import type { CommandState, OrderDevicesReply, OrderEntry } from '../../../wire/commands.ts'
import type { WireError } from '../../../wire/protocol.ts'
import type { Calls } from '../calls.ts'
import type { Listed } from '../listed.ts'

/** Devices in one page on the screen, in one page that is only read on, and the most that are shown. */
const PAGE = 100
const LONG_PAGE = 500
const MOST_ROWS = 2_000

/** Where reading goes on: in one state after the other, by device. */
type Place = { states: readonly CommandState[]; after: string | null }

const addressOf = (id: string, { states: [state = 'queued'], after }: Place, limit: number): string => {
  const start = after === null ? '' : `&after=${encodeURIComponent(after)}`
  return `/api/orders/${encodeURIComponent(id)}/devices?state=${state}&limit=${limit}${start}`
}
const placeAfter = ({ states }: Place, next: string | null): Place | null => {
  if (next !== null) return { states, after: next }
  return states.length > 1 ? { states: states.slice(1), after: null } : null
}

/** The devices of an order by state, page by page. */
export const createOrderRows = (calls: Pick<Calls, 'get'>) => {
  const list = signal<Listed<OrderEntry>>({ phase: 'ready', error: null, rows: [] })
  const next = signal<Place | null>(null)
  let turn = 0

  const read = async (id: string, place: Place, before: readonly OrderEntry[]): Promise<void> => {
    const own = ++turn
    const reply = await calls.get<OrderDevicesReply>(addressOf(id, place, PAGE))
    if (own !== turn) return
    if ('error' in reply) {
      list.value = { phase: 'error', error: reply.error.message, rows: before }
      return
    }
    const rows = [...before, ...reply.entries]
    const then = placeAfter(place, reply.next)
    // A state without devices is no page: the next one comes at once.
    if (reply.entries.length === 0 && then !== null) return read(id, then, rows)
    list.value = { phase: 'ready', error: null, rows }
    next.value = rows.length < MOST_ROWS ? then : null
  }

  return {
    list: list as ReadonlySignal<Listed<OrderEntry>>,
    /** Whether there are more. */
    next: next as ReadonlySignal<Place | null>,
    load: (id: string, states: readonly CommandState[]): Promise<void> => {
      list.value = { phase: 'loading', error: null, rows: [] }
      next.value = null
      return read(id, { states, after: null }, [])
    },
    /** Reads what is shown again: others may stand so by now. */
    again: (id: string, states: readonly CommandState[]): Promise<void> => read(id, { states, after: null }, []),
    more: async (id: string): Promise<void> => {
      const place = next.peek()
      if (place !== null) await read(id, place, list.peek().rows)
    },
  }
}
export type OrderRows = ReturnType<typeof createOrderRows>

/** The ids of all devices that stand so, up to `most`. */
export const collectDevices = async (
  calls: Pick<Calls, 'get'>,
  id: string,
  states: readonly CommandState[],
  most: number,
): Promise<string[] | { error: WireError }> => {
  const devices: string[] = []
  let place: Place | null = { states, after: null }
  while (place !== null && states.length > 0 && devices.length < most) {
    const reply: OrderDevicesReply | { error: WireError } = await calls.get<OrderDevicesReply>(
      addressOf(id, place, LONG_PAGE),
    )
    if ('error' in reply) return reply
    devices.push(...reply.entries.map(({ device }) => device))
    place = placeAfter(place, reply.next)
  }
  return devices.slice(0, most)
}
