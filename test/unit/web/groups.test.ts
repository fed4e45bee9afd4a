import { expect, test } from 'vitest'
import { createGroups, groupOf } from '../../../web/state/groups.ts'
import { createPrefs } from '../../../web/state/prefs.ts'

/** Groups as they are after each visit of the same browser. */
const browser = () => {
  const store = new Map<string, string>()
  const shelf = {
    getItem: (key: string) => store.get(key) ?? null,
    setItem: (key: string, value: string) => void store.set(key, value),
  }
  return { store, visit: () => createGroups(createPrefs(shelf)) }
}

test('the group of a cell stands before it', () => {
  expect([groupOf('buses/0231301203311'), groupOf('0231301203311')]).toEqual(['buses', 'other'])
})

test('all groups are wanted until one is switched off; then the others are, by name', () => {
  const groups = browser().visit()
  expect(groups.wanted.value).toBeNull()
  groups.tell(['trams', 'buses'])
  expect(groups.wanted.value).toBeNull()
  groups.show('buses', false)
  expect(groups.wanted.value).toEqual(['trams'])
  expect(groups.all.value).toEqual([
    { name: 'buses', shown: false },
    { name: 'trams', shown: true },
  ])
  groups.tell(['trams', 'buses', 'taxis'])
  expect(groups.wanted.value?.toSorted()).toEqual(['taxis', 'trams'])
  groups.show('buses', true)
  expect(groups.wanted.value).toBeNull()
})

test('the choice is remembered, and asked for before the node has told which groups there are', () => {
  const { store, visit } = browser()
  const first = visit()
  first.tell(['buses', 'trams'])
  first.show('buses', false)
  expect(visit().wanted.value).toEqual(['trams'])
  store.set('watchfloor.groups', '{"buses": "no", "": false}')
  expect(visit().wanted.value).toBeNull()
})
