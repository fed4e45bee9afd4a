import { computed, type ReadonlySignal, signal } from '@preact/signals'
import type { DeviceRow, DevicesReply } from '../../wire/api.ts'
import type { Clocks } from '../../wire/status.ts'
import { clocksOfRow } from './clocks.ts'
import {
  countByStatus,
  type ListColumn,
  type ListSort,
  listDevices,
  nextListSort,
  type RowsRead,
  type StatusFilter,
  sortDevices,
} from './device-rows.ts'

export type DeviceListOptions = {
  /** A page of the devices that have this in their id, name or route, from one id on. */
  load: (text: string, after: string) => Promise<DevicesReply>
  /** What the map hears of a device. */
  near: (id: string) => Clocks | undefined
  /** Hears at which interval a device reports, and when it was heard. */
  tell: (id: string, clocks: Clocks) => void
  /** Both clocks, now: this browser's and the server's. */
  clocks: () => { now: number; serverNow: number }
  /** Changes once a second. */
  second: ReadonlySignal<unknown>
}

/** Pages that are read at the most: of more devices, whoever looks for one searches. */
export const MOST_PAGES = 4
/** When the list is read again, in milliseconds; after a failure sooner. */
const AGAIN = 10_000
const AFTER_FAILURE = 4000
/** A node gives the same list to all who ask within two seconds: what was changed is in the one after that. */
const AFTER_CHANGE = 2500
/** A search begins once nobody has typed for so long. */
const TYPED = 250

export type ListPhase = { phase: 'loading' | 'ready' | 'error'; error: string | null; more: boolean }

/** The list of devices while it is looked at: read again and again, and led on by what the map hears meanwhile. */
export const createDeviceList = ({ load, near, tell, clocks, second }: DeviceListOptions) => {
  const read = signal<RowsRead>({ rows: [], now: 0, serverNow: 0 })
  const state = signal<ListPhase>({ phase: 'loading', error: null, more: false })
  const query = signal('')
  const filter = signal<StatusFilter>('all')
  const sort = signal<ListSort>(null)
  let timer: ReturnType<typeof setTimeout> | undefined
  let open = false
  let changed = false
  /** Counts readings: only the newest one counts. */
  let turn = 0

  const readAll = async (own: number): Promise<{ rows: DeviceRow[]; more: boolean } | null> => {
    const rows: DeviceRow[] = []
    let after: string | null = ''
    for (let page = 0; page < MOST_PAGES && after !== null; page++) {
      const reply: DevicesReply = await load(query.peek().trim(), after)
      if (own !== turn) return null
      rows.push(...reply.devices)
      after = reply.next
    }
    return { rows, more: after !== null }
  }
  const take = ({ rows, more }: { rows: DeviceRow[]; more: boolean }): void => {
    const times = clocks()
    for (const row of rows) tell(row.id, clocksOfRow(row, times))
    read.value = { rows, ...times }
    state.value = { phase: 'ready', error: null, more }
  }
  const reload = async (): Promise<void> => {
    const own = ++turn
    clearTimeout(timer)
    let wait = changed ? AFTER_CHANGE : AGAIN
    changed = false
    try {
      const found = await readAll(own)
      if (found === null) return
      take(found)
    } catch (error) {
      if (own !== turn) return
      wait = AFTER_FAILURE
      const message = error instanceof Error ? error.message : 'The devices can’t be loaded.'
      state.value = { ...state.peek(), phase: 'error', error: message }
    }
    if (open) timer = setTimeout(reload, wait)
  }

  const all = computed(() => {
    void second.value
    return listDevices(read.value, near, clocks().now)
  })
  return {
    state: state as ReadonlySignal<ListPhase>,
    query: query as ReadonlySignal<string>,
    filter,
    sort: sort as ReadonlySignal<ListSort>,
    all,
    counts: computed(() => countByStatus(all.value)),
    rows: computed(() => sortDevices(all.value, filter.value, sort.value)),
    reload,
    /** Devices were added or changed here: reads at once, and once more. */
    change: (): void => {
      changed = true
      void reload()
    },
    search: (text: string): void => {
      query.value = text
      turn++
      clearTimeout(timer)
      timer = setTimeout(reload, TYPED)
    },
    sortBy: (column: ListColumn): void => {
      sort.value = nextListSort(sort.peek(), column)
    },
    /** Reads as long as the list is looked at. Returns a function that stops it. */
    start: (): (() => void) => {
      open = true
      void reload()
      return () => {
        open = false
        turn++
        clearTimeout(timer)
      }
    },
  }
}
export type DeviceListStore = ReturnType<typeof createDeviceList>
