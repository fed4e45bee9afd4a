import { type Action, ALL_GRANTS, type Grant, type Grants, writeGrants } from '../../wire/grants.ts'

/** What an action is called, and what it is called when it is done to everything. */
const ACTS: Record<Action, { some: string; all: string }> = {
  watch: { some: 'See', all: 'See everything' },
  say: { some: 'Write in', all: 'Write in all rooms' },
  announce: { some: 'Announce in', all: 'Announce to everyone' },
  share: { some: 'Share', all: 'Share everything' },
  command: { some: 'Send commands to', all: 'Send commands to all devices' },
  danger: { some: 'Send dangerous commands to', all: 'Send dangerous commands to all devices' },
  manage: { some: 'Manage', all: 'Manage everything' },
}

type Words = { all: string; one: (id: string) => string; some: (start: string) => string }

const cells = (pattern: string): string => {
  const [group, area = ''] = pattern.split('/')
  return area === '' ? `the group ${group} on the map` : `the group ${group} in a part of the map`
}

/** What the topics of a kind are called, by its letter. */
const KINDS: Record<string, Words> = {
  s: { all: 'all symbols', one: (id) => id, some: (start) => `symbols that begin with ${start}` },
  d: { all: 'all devices', one: (id) => id, some: (start) => `devices that begin with ${start}` },
  c: { all: 'the whole map', one: cells, some: cells },
  r: { all: 'the list of devices', one: () => 'the list of devices', some: () => 'the list of devices' },
  m: { all: 'all rooms', one: (id) => `the room ${id}`, some: (start) => `rooms that begin with ${start}` },
  p: { all: 'who is here', one: () => 'who is here', some: () => 'who is here' },
  o: { all: 'all orders', one: (id) => `the order ${id}`, some: () => 'some orders' },
  v: { all: 'what others look at', one: (id) => `what @${id} looks at`, some: () => 'what some others look at' },
}

const objectOf = ({ action, start, exact }: Grant): string => {
  if (action === 'manage') return start
  const words = KINDS[start[0] ?? '']
  const id = start.slice(2)
  if (words === undefined) return start
  if (exact) return words.one(id)
  return id === '' ? words.all : words.some(id)
}

/** What somebody may do, as they would say it: a line for each action. */
export const grantsInWords = (grants: Grants): string[] => {
  if (writeGrants(grants) === writeGrants(ALL_GRANTS)) return ['Everything']
  const byAction = Map.groupBy(grants, ({ action }) => action)
  return [...byAction].map(([action, own]) => {
    const { some, all } = ACTS[action]
    if (own.some(({ start, exact }) => start === '' && !exact)) return all
    return `${some} ${[...new Set(own.map(objectOf))].join(', ')}`
  })
}
