import { expect, test, vi } from 'vitest'
import { createGroups } from '../../../web/state/groups.ts'
import { createPrefs } from '../../../web/state/prefs.ts'

/** A browser that is used for several visits. */
const browser = () => {
  const store = new Map<string, string>()
  const shelf = {
    getItem: (key: string) => store.get(key) ?? null,
    setItem: (key: string, value: string) => void store.set(key, value),
  }
  return { store, visit: () => createGroups(createPrefs(shelf)) }
}

test('as long as nothing is switched off all groups are asked for, also those that come', () => {
  const groups = browser().visit()
  expect(groups.wanted.value).toBeNull()
  groups.tell(['buses', 'other'])
  expect(groups.wanted.value).toBeNull()
})

test('what is switched off is not asked for, and is remembered; a new group is asked for', () => {
  const { store, visit } = browser()
  const groups = visit()
  groups.tell(['buses', 'other', 'vans'])
  groups.show('vans', false)
  expect(groups.wanted.value).toEqual(['buses', 'other'])
  expect(groups.all.value.map(({ shown }) => shown)).toEqual([true, true, false])
  expect(store.get('watchfloor.groups-off')).toBe('["vans"]')
  groups.tell(['buses', 'other', 'taxis', 'vans'])
  expect(groups.wanted.value).toEqual(['buses', 'other', 'taxis'])
  groups.showAll()
  expect([groups.wanted.value, visit().wanted.value]).toEqual([null, null])
})

test('a visit that begins with something off asks for nothing before it knows the groups', () => {
  const { visit } = browser()
  const first = visit()
  first.tell(['other', 'vans'])
  first.show('vans', false)
  const second = visit()
  expect(second.wanted.value).toEqual([])
  second.tell(['other', 'vans'])
  expect(second.wanted.value).toEqual(['other'])
})

test('a device of a group that is new has the node asked anew, once the node has named groups', () => {
  const groups = browser().visit()
  groups.hear('taxis')
  expect(groups.asked.value).toBe(0)
  groups.tell(['buses', 'other'])
  groups.hear('buses')
  expect(groups.asked.value).toBe(0)
  groups.hear('taxis')
  expect(groups.asked.value).toBe(1)
})

test('it is asked again when it must know the group, and seldom where the group is in no list', () => {
  vi.useFakeTimers()
  try {
    const groups = browser().visit()
    groups.tell(['other'])
    groups.hear('taxis')
    vi.advanceTimersByTime(2000)
    expect(groups.asked.value).toBe(1)
    vi.advanceTimersByTime(1000)
    expect(groups.asked.value).toBe(2)
    vi.advanceTimersByTime(60_000)
    expect(groups.asked.value).toBe(2)
    for (let i = 0; i < 1000; i++) {
      groups.hear('unlisted')
      vi.advanceTimersByTime(10)
    }
    expect(groups.asked.value).toBeLessThan(8)
    // What was heard last is asked for when the node must know it.
    const asked = groups.asked.value
    vi.advanceTimersByTime(60_000)
    expect(groups.asked.value).toBeGreaterThan(asked)
  } finally {
    vi.useRealTimers()
  }
})
