import type { Topic } from './topics.ts'

/**
 * What a person may do. `watch`: see a topic, live and past. `say`: write in a room. `announce`: write to everyone.
 * `share`: hand a link to a topic on to somebody else. `command`: ask something of a device. `danger`: the same for
 * what is dangerous, besides. `manage`: people, shares, the record, devices.
 */
export const ACTIONS = ['watch', 'say', 'announce', 'share', 'command', 'danger', 'manage'] as const
export type Action = (typeof ACTIONS)[number]

/** What may be managed; `manage:*` is all of it. */
export const OFFICES = ['people', 'shares', 'record', 'devices', 'node'] as const
export type Office = (typeof OFFICES)[number]

/** An action, and the topics to which it may be done: those that begin with `start`, or the one that is `start`. */
export type Grant = { action: Action; start: string; exact: boolean }
export type Grants = readonly Grant[]

/** The longest text of grants, in letters, so that it has room in a cookie. A letter of more bytes counts as many. */
export const MOST_GRANTS_LETTERS = 2000
/** A quotation mark, a backslash or a control character would take more room in a token than it does here. */
const GRANT = /^([a-z]+):([^ *"\\\p{Cc}]*)(\*?)$/u

/** Everything. What is a person's own (their inbox) is not among it: see {@link allows}. */
export const ALL_GRANTS: Grants = ACTIONS.map((action) => ({ action, start: '', exact: false }))

/**
 * Grants as they are written: `watch:s:* watch:c:buses/0231* say:m:night manage:*`. A `*` is at the end only; a blank,
 * a `*` and a `%` that belong to a name are written as `%20`, `%2A` and `%25`. Null where the text is none.
 */
export const parseGrants = (text: string): Grants | null => {
  if (lengthOf(text) > MOST_GRANTS_LETTERS) return null
  const grants: Grant[] = []
  for (const word of text.split(' ').filter(Boolean)) {
    const grant = parseGrant(word)
    if (grant === null) return null
    grants.push(grant)
  }
  return grants
}

/** In bytes of UTF-8. What is too long by its letters alone need not be encoded. */
const lengthOf = (text: string): number =>
  text.length > MOST_GRANTS_LETTERS ? text.length : new TextEncoder().encode(text).length

const isAction = (text: string): text is Action => (ACTIONS as readonly string[]).includes(text)

const parseGrant = (word: string): Grant | null => {
  const [, action = '', pattern = '', star = ''] = GRANT.exec(word) ?? []
  if (!isAction(action) || (pattern === '' && star === '')) return null
  try {
    return { action, start: decodeURIComponent(pattern), exact: star === '' }
  } catch {
    return null
  }
}

const NOT_PLAIN = /[ *%"\\\p{Cc}]/gu
const escaped = (text: string): string =>
  text.replace(NOT_PLAIN, (letter) => (letter === '*' ? '%2A' : encodeURIComponent(letter)))

/** The text that {@link parseGrants} reads. */
export const writeGrants = (grants: Grants): string =>
  grants.map(({ action, start, exact }) => `${action}:${escaped(start)}${exact ? '' : '*'}`).join(' ')

/** The grants of one action, to be asked thousands of times: a share has dozens, and a view thousands of cells. */
type Matcher = { exact: ReadonlySet<string>; starts: ReadonlySet<string>; lengths: readonly number[] }
type Matchers = Partial<Record<Action, Matcher>>
const known = new WeakMap<Grants, Matchers>()

const toMatcher = (grants: Grants): Matcher => {
  const starts = new Set(grants.filter(({ exact }) => !exact).map(({ start }) => start))
  return {
    exact: new Set(grants.filter(({ exact }) => exact).map(({ start }) => start)),
    starts,
    lengths: [...new Set(Array.from(starts, ({ length }) => length))].sort((a, b) => a - b),
  }
}

const matcherOf = (grants: Grants, action: Action): Matcher => {
  const matchers = known.get(grants) ?? {}
  known.set(grants, matchers)
  matchers[action] ??= toMatcher(grants.filter((grant) => grant.action === action))
  return matchers[action]
}

/** Whether one of the grants is for this: a topic, or for `manage` an office. */
export const grantsFor = (grants: Grants, action: Action, what: string): boolean => {
  const { exact, starts, lengths } = matcherOf(grants, action)
  return exact.has(what) || lengths.some((length) => starts.has(what.slice(0, length)))
}

/** How much of something is granted. */
export type Extent = 'all' | 'part' | 'none'

/** How much is granted of all the topics whose names begin with `start`. */
export const extentOf = (grants: Grants, action: Action, start: string): Extent => {
  let extent: Extent = 'none'
  for (const grant of grants) {
    if (grant.action !== action) continue
    if (!grant.exact && start.startsWith(grant.start)) return 'all'
    if (grant.start.startsWith(start)) extent = 'part'
  }
  return extent
}

/** How the topics begin that belong to one person, and that no grant gives to anybody else. */
const OWN = 'i:'
/**
 * Whether a person made a topic: their orders, which grants may show to others. A handle may have dots in it, and what
 * follows the last one of an order is by chance.
 */
const isMadeBy = (person: string, topic: Topic): boolean =>
  topic.startsWith('o:') && topic.slice(2, topic.lastIndexOf('.')) === person

/** Whether a person may do this to a topic. An inbox is its person's own, and orders are seen by whoever gave them. */
export const allows = (grants: Grants, own: string | null, action: Action, topic: Topic): boolean => {
  if (topic.startsWith(OWN)) return action === 'watch' && own !== null && topic === `${OWN}${own}`
  if (action === 'watch' && own !== null && isMadeBy(own, topic)) return true
  return grantsFor(grants, action, topic)
}

/** Whether everything that `inner` gives is given by `outer`, too: nobody hands on more than they have. */
export const covers = (outer: Grants, inner: Grants): boolean =>
  inner.every(({ action, start, exact }) =>
    outer.some(
      (grant) =>
        grant.action === action && (grant.exact ? exact && start === grant.start : start.startsWith(grant.start)),
    ),
  )
