import { computed, type ReadonlySignal } from '@preact/signals'
import { type Action, ALL_GRANTS, allows, type Grants, grantsFor, type Office, parseGrants } from '../../wire/grants.ts'
import type { Me, WaysIn } from '../../wire/people.ts'
import type { Topic } from '../../wire/topics.ts'
import type { Workspace } from './place.ts'

/** What somebody looks at first who has not chosen yet: not what they may not see. */
export const homeOf = ({ mayAny }: Pick<Rights, 'mayAny'>): Workspace => {
  const symbols = mayAny('watch', 's:')
  const map = mayAny('watch', 'c:') || mayAny('watch', 'd:')
  return symbols === map ? 'split' : symbols ? 'markets' : 'fleet'
}

/** What the person of this browser may do. Only what the screen offers depends on it: each node asks for itself. */
export const rightsOf = (me: ReadonlySignal<Me | null>, ways: ReadonlySignal<WaysIn>) => {
  const grants = computed<Grants>(() => {
    if (me.value === null) return ways.value.open ? ALL_GRANTS : []
    return parseGrants(me.value.grants) ?? []
  })
  return {
    grants,
    may: (action: Action, topic: Topic): boolean => allows(grants.value, me.value?.id ?? null, action, topic),
    manages: (office: Office): boolean => grantsFor(grants.value, 'manage', office),
    /** Whether they may do this to any topic whose name begins so. */
    mayAny: (action: Action, start: string): boolean =>
      grants.value.some(
        (grant) =>
          grant.action === action && (grant.start.startsWith(start) || (!grant.exact && start.startsWith(grant.start))),
      ),
  }
}
export type Rights = ReturnType<typeof rightsOf>
