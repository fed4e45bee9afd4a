import { type Grants, grantsFor, writeGrants } from '../../wire/grants.ts'
import type { Topic } from '../../wire/topics.ts'

/**
 * What somebody may watch by their grants, whoever they are and however long it lasts. Those whose scopes have the same
 * name are shown the same, so what is made for one of them may be kept for all.
 */
export type Scope = {
  /** Empty where it is everything. */
  name: string
  /** Null where it is everything: nothing need be asked then. */
  sees: ((topic: Topic) => boolean) | null
}

const EVERYTHING: Scope = { name: '', sees: null }
/** A person's grants are read once, when they are let in. */
const known = new WeakMap<Grants, Scope>()

const toScope = (grants: Grants): Scope => {
  const own = grants.filter(({ action }) => action === 'watch')
  if (own.some(({ start, exact }) => start === '' && !exact)) return EVERYTHING
  const words = own.map((grant) => writeGrants([grant]))
  return {
    name: `only ${[...new Set(words)].sort().join(' ')}`,
    sees: (topic) => grantsFor(own, 'watch', topic),
  }
}

export const scopeOf = (grants: Grants): Scope => {
  const found = known.get(grants)
  if (found) return found
  const scope = toScope(grants)
  known.set(grants, scope)
  return scope
}
