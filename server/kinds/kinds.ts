import type { Kind } from '../../wire/kinds/kind.ts'
import { addKind, KINDS, type TopicKind } from '../../wire/kinds/kinds.ts'
import type { Topic } from '../../wire/topics.ts'
import { access } from './access.ts'
import { cell } from './cell.ts'
import { device } from './device.ts'
import { inbox } from './inbox.ts'
import type { ServerKind } from './kind.ts'
import { order } from './order.ts'
import { wholeState, wholeUpdate } from './patterns.ts'
import { presence } from './presence.ts'
import { register } from './register.ts'
import { room } from './room.ts'
import { screen } from './screen.ts'
import { symbol } from './symbol.ts'

/** What a node knows of each kind of topic. */
const SERVER_KINDS = {
  a: access,
  s: symbol,
  c: cell,
  d: device,
  r: register,
  m: room,
  i: inbox,
  p: presence,
  v: screen,
  o: order,
} as const satisfies {
  [K in TopicKind]: ServerKind<(typeof KINDS)[K]>
}

/**
 * What is needed of a kind again and again, made once. `empty`: the snapshot of a topic that does not exist, as JSON.
 * `isWhole`: whether an update is for guests as it is.
 */
export type Ready = Omit<ServerKind, 'guests'> & {
  isUpdate: RegExp
  isSnapshot: RegExp
  empty: string
  guests?: NonNullable<ServerKind['guests']> & { isWhole: RegExp }
}
const ready = new Map<string, Ready>()

const prepare = (kind: Kind, { guests, ...own }: ServerKind): void => {
  ready.set(kind.letter, {
    ...own,
    isUpdate: wholeUpdate(own.update.known),
    isSnapshot: wholeState(own.snapshot.known),
    empty: JSON.stringify(kind.empty),
    ...(guests && { guests: { ...guests, isWhole: wholeUpdate(guests.known) } }),
  })
}
for (const kind of Object.values(KINDS)) prepare(kind, SERVER_KINDS[kind.letter])

/** Makes one more kind known to this process, before it opens Redis. */
export const addServerKind = (kind: Kind, own: ServerKind): void => {
  addKind(kind)
  prepare(kind, own)
}

export const serverKindOf = (topic: Topic): Ready => {
  const kind = ready.get(topic[0] as string)
  if (kind === undefined) throw new Error(`${topic} is of no kind that this node knows`)
  return kind
}

/** The snapshot (JSON) of a topic that does not exist. */
export const emptySnapshot = (topic: Topic): string => serverKindOf(topic).empty

/** Where the functions of all kinds are, each place once. */
export const libraries = (): URL[] =>
  [...new Set(Array.from(ready.values(), ({ library }) => library.href))].map((href) => new URL(href))
