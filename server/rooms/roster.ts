import type { Author } from '../../wire/rooms.ts'
import type { Here } from './calls.ts'

/** A person's presence by one connection. */
export type Tab = {
  /** What they look at there; null where they do not tell. */
  look: (on: string | null) => void
  leave: () => void
}

/**
 * A person on this node. `tabs`: what each of their connections looks at, the last to have changed last. `changed`:
 * others are to be told. `told`: when they were, null if they never were.
 */
export type Known = Author & {
  since: number
  tabs: Map<Tab, string | null>
  changed: boolean
  told: number | null
}

export type RosterPorts = {
  /** Called where somebody came, left or looks at something else. */
  changed: () => void
  /** Unix milliseconds. */
  time: () => number
  /** Milliseconds, by a clock that never goes back. */
  now: () => number
}

export const toHere = ({ id, name, since, tabs }: Known): Here => {
  const on = [...tabs.values()].findLast((one) => one !== null) ?? null
  return { id, name, since, on }
}

/** Nobody is told of more often than this, in milliseconds: one who looks at ever other things costs all who watch. */
const LEAST_MS = 1000

/** The people who are connected to this node, or left it just now. */
export const createRoster = ({ changed, time, now }: RosterPorts) => {
  const people = new Map<string, Known>()
  const change = (known: Known): void => {
    known.changed = true
    changed()
  }
  const join = (self: Author): Tab => {
    const known = people.get(self.id) ?? { ...self, since: time(), tabs: new Map(), changed: true, told: null }
    known.name = self.name
    const tab: Tab = {
      look: (on) => {
        if (!known.tabs.has(tab) || known.tabs.get(tab) === on) return
        known.tabs.delete(tab)
        known.tabs.set(tab, on)
        change(known)
      },
      leave: () => {
        if (known.tabs.delete(tab)) change(known)
      },
    }
    known.tabs.set(tab, null)
    people.set(self.id, known)
    change(known)
    return tab
  }
  const isDue = ({ told, changed: hasNews }: Known, everyMs: number): boolean =>
    told === null || now() - told >= (hasNews ? LEAST_MS : everyMs)
  return {
    join,
    /** Those of whom others are to be told: who changed, and who was told of longer ago than so many milliseconds. */
    due: (everyMs: number): { staying: Known[]; leaving: Known[] } => {
      const due = [...people.values()].filter((one) => isDue(one, everyMs))
      return {
        staying: due.filter(({ tabs }) => tabs.size > 0),
        // Nobody needs to be told that somebody left whom they never saw.
        leaving: due.filter(({ tabs, told }) => tabs.size === 0 && told !== null),
      }
    },
    /** Forgets who left, once others know, or after so many milliseconds without. */
    forget: (afterMs: number): void => {
      for (const [id, { tabs, changed: hasNews, told }] of people) {
        const isOver = told === null || !hasNews || now() - told > afterMs
        if (tabs.size === 0 && isOver) people.delete(id)
      }
    },
    /** Whether somebody has changed of whom others may be told at once. */
    hasNews: (): boolean => [...people.values()].some((one) => one.changed && isDue(one, LEAST_MS)),
    count: (): number => [...people.values()].filter(({ tabs }) => tabs.size > 0).length,
  }
}
