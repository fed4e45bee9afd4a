import { expect, test } from 'vitest'
import { createGroups } from '../../../web/state/groups.ts'

/** What one visit remembers for the next. */
const memory = (groups: string[] | null = null) => {
  const kept = { value: groups }
  const groupsOff = {
    get: () => kept.value,
    set: (next: string[]) => {
      kept.value = next
    },
  }
  return { kept, groupsOff: groupsOff as Parameters<typeof createGroups>[0]['groupsOff'] }
}

test('as long as nothing is switched off all groups are asked for, also those that come', () => {
  const groups = createGroups(memory())
  expect(groups.wanted()).toBeUndefined()
  expect(groups.heard(['buses', 'other'])).toBe(false)
  expect(groups.wanted()).toBeUndefined()
})

test('what is switched off is not asked for, and is remembered; a new group is asked for', () => {
  const { kept, groupsOff } = memory()
  const groups = createGroups({ groupsOff })
  groups.heard(['buses', 'other', 'vans'])
  groups.toggle('vans')
  expect(groups.wanted()).toEqual(['buses', 'other'])
  expect(kept.value).toEqual(['vans'])
  expect(groups.heard(['buses', 'other', 'vans'])).toBe(false)
  expect(groups.heard(['buses', 'other', 'taxis', 'vans'])).toBe(true)
  expect(groups.wanted()).toEqual(['buses', 'other', 'taxis'])
  groups.toggle('vans')
  expect([groups.wanted(), kept.value]).toEqual([undefined, []])
})

test('a visit that begins with something off asks for nothing before it knows the groups', () => {
  const groups = createGroups(memory(['vans']))
  expect(groups.wanted()).toEqual([])
  expect(groups.heard(['other', 'vans'])).toBe(true)
  expect(groups.wanted()).toEqual(['other'])
})
