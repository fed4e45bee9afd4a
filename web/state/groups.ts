import { signal } from '@preact/signals'
import { MAX_VIEW_GROUPS } from '../../wire/groups.ts'
import type { Prefs } from './prefs.ts'

/** Which groups of devices the map shows: all that there are, but for those that a person has switched off. */
export const createGroups = (prefs: Pick<Prefs, 'groupsOff'>) => {
  const there = signal<readonly string[]>([])
  const off = signal<ReadonlySet<string>>(new Set(prefs.groupsOff.get()))

  return {
    there,
    off,
    /** What a view is to ask for; undefined: all, also those that come. */
    wanted: (): string[] | undefined =>
      off.value.size === 0 ? undefined : there.value.filter((one) => !off.value.has(one)).slice(0, MAX_VIEW_GROUPS),
    /** A node told which groups there are. Returns true where that changes what is wanted. */
    heard: (groups: readonly string[]): boolean => {
      if (groups.join() === there.value.join()) return false
      there.value = groups
      return off.value.size > 0
    },
    toggle: (group: string): void => {
      const next = new Set(off.value)
      if (!next.delete(group)) next.add(group)
      off.value = next
      prefs.groupsOff.set([...next])
    },
  }
}
export type Groups = ReturnType<typeof createGroups>
