import { signal } from '@preact/signals'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createDeviceList, MOST_PAGES } from '../../../web/state/device-list.ts'
import { GOOD_FOR, type ListedDevice, nextListSort, sortDevices } from '../../../web/state/device-rows.ts'
import type { DeviceRow, DevicesReply } from '../../../wire/api.ts'
import type { Clocks, Status } from '../../../wire/status.ts'

const T = 1_800_000_000_000
const row = (id: string, secondsOld: number | null, more: Partial<DeviceRow> = {}): DeviceRow => ({
  id,
  last: secondsOld === null ? null : { id, n: 1, t: T - secondsOld * 1000, lat: 30, lon: -97 },
  cell: null,
  heard: secondsOld === null ? null : T - secondsOld * 1000,
  ...more,
})

beforeEach(() => {
  vi.useFakeTimers({ now: T })
})
afterEach(() => {
  vi.useRealTimers()
})

const setUp = (answer: (text: string, after: string) => DeviceRow[] | { rows: DeviceRow[]; next: string }) => {
  const asked: string[] = []
  const told: Record<string, number | null> = {}
  const near = new Map<string, Clocks>()
  const second = signal(0)
  let fails = false
  const load = async (text: string, after: string): Promise<DevicesReply> => {
    asked.push(`${text}|${after}`)
    if (fails) throw new Error('Can’t reach the node.')
    const found = answer(text, after)
    const page = Array.isArray(found) ? { rows: found, next: null } : found
    return { devices: page.rows, next: page.next, complete: true, cursor: { epoch: 'a', seq: 1 } }
  }
  const list = createDeviceList({
    load,
    near: (id) => near.get(id),
    tell: (id, { every }) => {
      told[id] = every
    },
    clocks: () => ({ now: Date.now(), serverNow: Date.now() }),
    second,
  })
  const passes = async (ms: number) => {
    await vi.advanceTimersByTimeAsync(ms)
    second.value++
  }
  const statuses = () => Object.fromEntries(list.all.value.map(({ id, status }) => [id, status]))
  const fail = (next: boolean): void => {
    fails = next
  }
  return { list, asked, told, near, passes, statuses, fail }
}

describe('the list of devices', () => {
  test('says how each stands, and tells the map at which interval they report', async () => {
    const { list, told, passes, statuses } = setUp(() => [
      row('A', 5),
      row('B', 100),
      row('C', 200),
      row('D', 3000),
      row('E', 3000, { life: { heard: T - 3_000_000, every: 60, parked: true } }),
      row('F', null),
    ])
    expect(list.state.value.phase).toBe('loading')
    const stop = list.start()
    await passes(0)
    expect(list.state.value).toEqual({ phase: 'ready', error: null, more: false })
    expect(statuses()).toEqual({ A: 'live', B: 'late', C: 'stale', D: 'offline', E: 'parked', F: 'offline' })
    expect(list.counts.value).toEqual({ all: 6, live: 1, late: 1, stale: 1, offline: 2, parked: 1 })
    expect(told).toEqual({ A: null, B: null, C: null, D: null, E: 60, F: null })
    stop()
  })

  test('follows live what the map hears, judges the rest as of its reading, and reads again', async () => {
    const { list, asked, near, passes, statuses } = setUp(() => [row('NEAR', 70), row('FAR', 70)])
    near.set('NEAR', { fixed: T, heard: T, every: 1, parked: false })
    const stop = list.start()
    await passes(9000)
    // Ten seconds without a fix are much for one that reports each second; the other was not asked about since.
    expect(statuses()).toEqual({ NEAR: 'live', FAR: 'live' })
    await passes(1500)
    expect(asked).toHaveLength(2)
    expect(statuses()).toEqual({ NEAR: 'late', FAR: 'late' })
    stop()
    await passes(60_000)
    expect(asked).toHaveLength(2)
  })

  test('says that it can’t be read, keeps what it has, and believes that no longer than is right', async () => {
    const { list, passes, statuses, fail } = setUp(() => [row('A', 70)])
    const stop = list.start()
    await passes(0)
    fail(true)
    await passes(10_000)
    expect(list.state.value).toMatchObject({ phase: 'error', error: 'Can’t reach the node.' })
    expect(statuses()).toEqual({ A: 'live' })
    await passes(GOOD_FOR - 10_000)
    expect(statuses()).toEqual({ A: 'late' })
    fail(false)
    await passes(4000)
    expect(list.state.value.phase).toBe('ready')
    stop()
  })

  test('reads page by page, up to its cap', async () => {
    const { list, asked, passes } = setUp((_, after) => ({ rows: [row(`${after}x`, 1)], next: `${after}x` }))
    const stop = list.start()
    await passes(0)
    expect(asked).toEqual(['|', '|x', '|xx', '|xxx'])
    expect(asked).toHaveLength(MOST_PAGES)
    expect(list.state.value.more).toBe(true)
    stop()
  })

  test('searches once nobody types any more, and shows nothing of an earlier search', async () => {
    const { list, asked, passes } = setUp((text) => [row(text === '' ? 'ALL' : 'FOUND', 1)])
    const stop = list.start()
    await passes(0)
    list.search('f')
    await passes(100)
    list.search('fo ')
    await passes(1000)
    expect(asked).toEqual(['|', 'fo|'])
    expect(list.rows.value.map(({ id }) => id)).toEqual(['FOUND'])
    stop()
  })
})

describe('the sort', () => {
  const listed = (id: string, status: Status, fixed: number | null): ListedDevice => ({
    ...{ id, name: '', group: id < 'b' ? 'vans' : 'buses', status, keyed: false },
    clocks: { fixed, heard: fixed, every: null, parked: false },
  })
  const devices = [
    listed('a', 'live', 5),
    listed('b', 'stale', 1),
    listed('c', 'offline', null),
    listed('d', 'live', 9),
  ]
  const ids = (...[filter, sort]: [Parameters<typeof sortDevices>[1], Parameters<typeof sortDevices>[2]]) =>
    sortDevices(devices, filter, sort)
      .map(({ id }) => id)
      .join('')

  test('is by id as they were read, then by what was clicked; what has no time comes last', () => {
    expect(ids('all', null)).toBe('abcd')
    expect(ids('all', { column: 'fixed', descending: true })).toBe('dabc')
    expect(ids('all', { column: 'fixed', descending: false })).toBe('badc')
    expect(ids('all', { column: 'group', descending: false })).toBe('bcda')
  })

  test('by status begins with what needs a look', () => {
    expect(ids('all', { column: 'status', descending: false })).toBe('bcad')
  })

  test('keeps to one status', () => {
    expect([ids('live', null), ids('parked', null)]).toEqual(['ad', ''])
  })

  test('goes with each click from the newest to the oldest and back to ids', () => {
    const first = nextListSort(null, 'heard')
    const second = nextListSort(first, 'heard')
    expect([first, second, nextListSort(second, 'heard')]).toEqual([
      { column: 'heard', descending: true },
      { column: 'heard', descending: false },
      null,
    ])
    expect(nextListSort(first, 'id')).toEqual({ column: 'id', descending: false })
  })
})
