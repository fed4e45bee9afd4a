import { computed, type ReadonlySignal, signal } from '@preact/signals'
import type { Prefs } from './prefs.ts'

/** A group of devices, and whether the map shows it. */
export type Group = { name: string; shown: boolean }

/** A node reads every two seconds which groups there are, so by then it knows one that we heard of, in milliseconds. */
const KNOWN_MS = 2500

/** The groups of devices that there are, as the node tells, and which of them a person has switched off. */
export const createGroups = (prefs: Pick<Prefs, 'groupsOff'>) => {
  const there = signal<readonly string[]>([])
  const off = signal<ReadonlySet<string>>(new Set(prefs.groupsOff.get()))
  /** Grows when the node must be asked anew, for there may be other groups. */
  const asked = signal(0)
  const all = computed<readonly Group[]>(() => there.value.map((name) => ({ name, shown: !off.value.has(name) })))
  /** The groups to ask the node for; null: all, also those that come. */
  const wanted: ReadonlySignal<readonly string[] | null> = computed(() =>
    off.value.size === 0 ? null : all.value.filter(({ shown }) => shown).map(({ name }) => name),
  )
  const askAgain = (): void => {
    asked.value = asked.peek() + 1
  }
  let timer: ReturnType<typeof setTimeout> | null = null
  let heardMore = false
  /** Asks at once, and when the node must know; what is heard until then is asked for together. */
  const askForNew = (): void => {
    if (timer !== null) {
      heardMore = true
      return
    }
    askAgain()
    timer = setTimeout(() => {
      timer = null
      const more = heardMore
      heardMore = false
      if (more) askForNew()
      else askAgain()
    }, KNOWN_MS)
  }
  const switchOff = (next: ReadonlySet<string>): void => {
    off.value = next
    prefs.groupsOff.set([...next])
  }

  return {
    all,
    wanted,
    asked: asked as ReadonlySignal<number>,
    askAgain,
    /** A device belongs to this group, which may be new. */
    hear: (name: string): void => {
      if (there.peek().length > 0 && !there.peek().includes(name)) askForNew()
    },
    /** The node names all groups that there are. */
    tell: (names: readonly string[]): void => {
      if (names.join() !== there.peek().join()) there.value = names
    },
    show: (name: string, shown: boolean): void => {
      const next = new Set(off.peek())
      if (shown) next.delete(name)
      else next.add(name)
      switchOff(next)
    },
    showAll: (): void => switchOff(new Set()),
    /** Another floor may have changed what is remembered. */
    recall: (): void => {
      off.value = new Set(prefs.groupsOff.get())
    },
  }
}
export type Groups = ReturnType<typeof createGroups>
