import { computed, type ReadonlySignal, signal } from '@preact/signals'
import type { Prefs } from './prefs.ts'

/** The group of devices that were given none. */
export const OTHER_GROUP = 'other'

/** The group of a cell, by the cell's name: `buses` of `buses/0231301203311`. */
export const groupOf = (cell: string): string => {
  const slash = cell.indexOf('/')
  return slash === -1 ? OTHER_GROUP : cell.slice(0, slash)
}

/** The tile of a cell: `0231301203311` of `buses/0231301203311`. */
export const tileOf = (cell: string): string => cell.slice(cell.indexOf('/') + 1)

/** A group of devices, and whether the map shows it. */
export type Group = { name: string; shown: boolean }

/** The most groups that are remembered. */
const MOST_GROUPS = 100

/**
 * The groups of devices that there are, as the node tells, and which of them a person has switched off. A group that
 * nobody has seen before is shown.
 */
export const createGroups = (prefs: Pick<Prefs, 'groups'>) => {
  const chosen = signal<Readonly<Record<string, boolean>>>(prefs.groups.get() ?? {})
  /** null: the node has not told yet. */
  const known = signal<readonly string[] | null>(null)
  const isShown = (name: string): boolean => chosen.value[name] ?? true
  const keep = (next: Readonly<Record<string, boolean>>): void => {
    chosen.value = next
    prefs.groups.set(next)
  }

  /** The groups to ask the node for; null: all, whichever there are. */
  const wanted: ReadonlySignal<readonly string[] | null> = computed(() => {
    const names = [...new Set([...Object.keys(chosen.value), ...(known.value ?? [])])]
    return names.every(isShown) ? null : names.filter(isShown)
  })
  const all = computed<readonly Group[]>(() =>
    (known.value ?? Object.keys(chosen.value)).map((name) => ({ name, shown: isShown(name) })),
  )

  return {
    all,
    wanted,
    /**
     * The node names the groups that a view covers: all that there are, unless it was asked for some. New ones are
     * remembered, so that they can be asked for by name.
     */
    tell: (names: readonly string[]): void => {
      const others = wanted.peek() === null ? [] : all.peek().map(({ name }) => name)
      const sorted = [...new Set([...names, ...others])].toSorted()
      if (sorted.join('\n') !== known.peek()?.join('\n')) known.value = sorted
      const strange = names.filter((name) => chosen.peek()[name] === undefined)
      const room = MOST_GROUPS - Object.keys(chosen.peek()).length
      if (strange.length === 0 || room <= 0) return
      keep({ ...chosen.peek(), ...Object.fromEntries(strange.slice(0, room).map((name) => [name, true])) })
    },
    show: (name: string, shown: boolean): void => keep({ ...chosen.peek(), [name]: shown }),
    showAll: (): void => keep(Object.fromEntries(Object.keys(chosen.peek()).map((name) => [name, true]))),
  }
}
export type Groups = ReturnType<typeof createGroups>
